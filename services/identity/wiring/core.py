"""What several capabilities of identity share: people, how they are found, how they prove it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from services.identity.adapters.devices import Devices
from services.identity.adapters.email_index import EmailIndex
from services.identity.adapters.links import CONFIRMATION_LIFETIME, GUARDIAN_LIFETIME, Links
from services.identity.adapters.passwords import Passwords
from services.identity.adapters.support_files import SupportFiles
from services.identity.adapters.thread_tokens import ThreadTokens
from services.identity.adapters.throttle_store import ThrottleStore
from services.identity.application.accounts import Accounts
from services.identity.application.present_password import PresentPassword
from services.identity.application.prospects import Prospects
from services.identity.application.staff import Staff
from services.identity.application.support import Support
from services.identity.application.throttle import Throttle
from services.identity.projections.learners import Learners
from services.identity.settings import IdentitySettings
from shared.archive import ArchiveGate
from shared.clock import Clock
from shared.event_store import EventStore
from shared.processors.register import ProcessorRegister
from shared.processors.transfers import Transfers
from shared.service import Kernel


@dataclass(frozen=True, slots=True)
class Core:
    """Collaborators of more than one capability."""

    kernel: Kernel[IdentitySettings]
    secret: str
    """What signs links and keys hashes."""
    index: EmailIndex
    attempts: ThrottleStore
    throttle: Throttle
    devices: Devices
    passwords: Passwords
    present: PresentPassword
    accounts: Accounts
    staff: Staff
    prospects: Prospects
    tokens: ThreadTokens
    files: SupportFiles
    support: Support
    gate: ArchiveGate
    transfers: Transfers

    @classmethod
    def of(cls, kernel: Kernel[IdentitySettings]) -> Self:
        """Return them, wired with the kernel."""
        store, clock = kernel.store, kernel.clock
        secret = kernel.settings.link_secret.get_secret_value()
        attempts = ThrottleStore(kernel.database, secret, clock)
        index = EmailIndex(kernel.database, kernel.vault, store, clock)
        throttle, passwords = Throttle(attempts), Passwords(kernel.settings)
        present = PresentPassword(passwords, throttle)
        tokens, files = ThreadTokens(secret), SupportFiles(kernel.database, kernel.vault)
        return cls(
            kernel,
            secret,
            index,
            attempts,
            throttle,
            devices=Devices(secret),
            passwords=passwords,
            present=present,
            accounts=Accounts(
                store,
                clock,
                index,
                passwords,
                confirmation=Links(secret, "confirmation", CONFIRMATION_LIFETIME, clock),
                guardian=Links(secret, "guardian", GUARDIAN_LIFETIME, clock),
            ),
            staff=Staff(store, index, passwords, present, clock),
            prospects=Prospects(store, index),
            tokens=tokens,
            files=files,
            support=Support(store, tokens, files),
            gate=ArchiveGate("identity", store, kernel.read_model(Learners())),
            transfers=Transfers(kernel.read_model(ProcessorRegister()), clock),
        )

    @property
    def settings(self) -> IdentitySettings:
        """The service's settings."""
        return self.kernel.settings

    @property
    def store(self) -> EventStore:
        """The service's event store."""
        return self.kernel.store

    @property
    def clock(self) -> Clock:
        """The service's clock."""
        return self.kernel.clock

    def links(self, purpose: str, lifetime: timedelta) -> Links:
        """Return what signs and reads links of one purpose."""
        return Links(self.secret, purpose, lifetime, self.clock)

    async def prepare(self) -> None:
        """Create indexes, and let go of erased people that a restore has brought back."""
        await self.index.prepare()
        await self.attempts.prepare()
        await self.files.prepare()
        once = self.kernel.restorations.once
        await once("files of erased people", self.files.forget_erased)
        await once("rows of erased people", self.index.forget_erased)

    async def forget_left(self) -> Mapping[str, int]:
        """Let go of addresses that nobody has any more."""
        return {"addresses": await self.index.forget_left()}
