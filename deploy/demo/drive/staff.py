"""The staff of a demonstration: one member for each role that has something to do."""

from collections.abc import Mapping
from typing import Final

from deploy.demo.drive.client import Client
from deploy.demo.drive.system import DemoSystem
from shared.http.auth import Role

ROLES: Final = (Role.TRAINER, Role.SUPPORT, Role.DPO)
PASSWORD: Final = "equipe-de-demonstration"  # noqa: S105 - opens accounts of invented people


class Staff:
    """Staff accounts and their connections."""

    def __init__(self, system: DemoSystem) -> None:
        self._system = system
        self.clients: Mapping[Role, Client] = {
            role: Client(system.gateway_url, system.clock) for role in ROLES
        }

    async def appoint(self) -> None:
        """Give everybody their role, as the system itself may.

        Raises:
            DemoFailedError: identity refuses or is away.
        """
        for role in ROLES:
            body = {
                "name": f"Équipe {role}",
                "email": _email(role),
                "role": str(role),
                "password": PASSWORD,
            }
            await self._system.operate("POST", "identity", "/staff", body)

    async def arrive(self) -> None:
        """Sign in whoever's session has ended.

        Raises:
            DemoFailedError: the platform refuses or is away.
        """
        for role, client in self.clients.items():
            if not client.signed_in:
                await client.sign_in(_email(role), PASSWORD)

    async def close(self) -> None:
        """Close the connections."""
        for client in self.clients.values():
            await client.close()


def _email(role: Role) -> str:
    return f"{role}@equipe.test"
