"""The staff of a demonstration: one member for each role that has something to do."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from deploy.authenticator import Authenticator
from deploy.demo.drive.client import Client
from deploy.demo.drive.system import DemoSystem
from deploy.demo.lives import actions as a
from deploy.demo.lives.actions import Action
from shared.http.auth import Role

WORK: Final[Mapping[Role, tuple[type[Action], ...]]] = {
    Role.TRAINER: (a.Certify, a.RecordSession),
    Role.SUPPORT: (a.AnswerSupport, a.ResolveSupport, a.ReopenSupport),
    Role.DPO: (a.PlaceHold, a.LiftHold),
    Role.ADMINISTRATOR: (a.LiftHold,),
}
"""What each role does in a demonstration."""
ROLES: Final = tuple(WORK)
PARIS: Final = ZoneInfo("Europe/Paris")
NEVER: Final = datetime.min.replace(tzinfo=UTC)
TRAINED_EVERY: Final = timedelta(days=330)
"""A month before the training of the year before is out of date."""
PASSWORD: Final = "equipe-de-demonstration"  # noqa: S105 - opens accounts of invented people


class Staff:
    """Staff accounts and their connections."""

    def __init__(self, system: DemoSystem) -> None:
        self._system = system
        self.clients: Mapping[Role, Client] = {
            role: Client(system.gateway_url, system.clock) for role in ROLES
        }
        self._authenticators: dict[Role, Authenticator] = {}
        self._trained: dict[Role, datetime] = {}

    async def appoint(self) -> None:
        """Give everybody their role, as the system itself may, and a second factor.

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
            appointed = await self._system.operate("POST", "identity", "/staff", body)
            if role is Role.TRAINER:
                await self._assign(appointed["staff_id"])
            self._authenticators[role] = await self._enrol(role)

    async def _assign(self, staff_id: str) -> None:
        """Let the trainer teach every module, once learning has heard of the appointment."""
        await self._system.settle()
        listed = await self._system.operate("GET", "learning", "/modules")
        for module in listed["items"]:
            body = {"staff_id": staff_id, "module_id": module["module_id"]}
            await self._system.operate("POST", "learning", "/teaching", body)

    async def arrive(self, actions: Iterable[Action]) -> None:
        """Sign in whom `actions` need and whose session has ended, and who is due for training.

        Raises:
            DemoFailedError: the platform refuses or is away.
        """
        now = self._system.clock.now()
        due = {role for role in ROLES if now - self._trained.get(role, NEVER) >= TRAINED_EVERY}
        needed = {role for action in actions for role in ROLES if isinstance(action, WORK[role])}
        for role in sorted(needed | due):
            if not self.clients[role].signed_in:
                await self.clients[role].sign_in(
                    _email(role), PASSWORD, authenticator=self._authenticators[role]
                )
            if role in due:
                await self._train(role, now)

    async def _train(self, role: Role, now: datetime) -> None:
        """Record the yearly training, before anybody has to be warned (C7.7)."""
        body = {"programme": "both", "done_on": f"{now.astimezone(PARIS):%Y-%m-%d}"}
        await self.clients[role].send("POST", "/identity/me/trainings", body)
        self._trained[role] = now

    async def _enrol(self, role: Role) -> Authenticator:
        """Enrol an authenticator app: all that staff can do before (C7.3)."""
        client, path = self.clients[role], "/identity/me/authenticators/totp"
        await client.sign_in(_email(role), PASSWORD)
        authenticator = Authenticator((await client.send("POST", path))["secret"])
        code = authenticator.code(self._system.clock.now())
        await client.send("POST", f"{path}/confirmation", {"code": code})
        client.sign_out()
        return authenticator

    async def close(self) -> None:
        """Close the connections."""
        for client in self.clients.values():
            await client.close()


def _email(role: Role) -> str:
    return f"{role}@equipe.test"
