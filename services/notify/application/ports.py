"""What the use cases need from outside."""

from collections.abc import AsyncIterator, Callable, Container, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from services.notify.domain.kinds import MessageClass
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState
from services.notify.domain.suppression import Suppression
from shared.consuming.envelope import Envelope
from shared.events.base import SubjectId
from shared.held_data import HeldDatum
from shared.words import Language, Text


class Directory(Protocol):
    """Whom messages may reach."""

    async def find(self, subject_id: SubjectId) -> Recipient | None:
        """Return the recipient as known now, values opened."""
        ...

    async def has_taken_in(self, envelope: Envelope) -> bool:
        """Wait, for a bounded time, until what `envelope` says is known; whether it is."""
        ...

    async def held(self, subject_id: SubjectId) -> list[HeldDatum]:
        """Return the copies of personal values that are held about somebody (C8.1)."""
        ...

    def consenting(self, purpose: str) -> AsyncIterator[list[Recipient]]:
        """Yield the people who consent to `purpose`, as known when their page was read."""
        ...


class Account(NamedTuple):
    """Somebody with an account, and the language they are written to in."""

    subject_id: SubjectId
    language: Language


class Missed(NamedTuple):
    """A notice that did not reach its person."""

    subject_id: SubjectId
    message_id: str
    left_at: datetime
    """When it was last tried."""


class MissedNotices(Protocol):
    """Notices that did not reach their persons, and that nobody has told them of otherwise."""

    def missed(self) -> AsyncIterator[list[Missed]]:
        """Yield them page by page."""
        ...


class Accounts(Protocol):
    """Everybody with an account."""

    async def addresses_since(self, subjects: Sequence[SubjectId]) -> Mapping[SubjectId, datetime]:
        """Return since when the address of each is what it is, of who has an account now."""
        ...

    def accounts(self) -> AsyncIterator[list[Account]]:
        """Yield, page by page, who has an account when the page is read."""
        ...


@dataclass(frozen=True, slots=True)
class Announcement:
    """A version of the privacy policy that everybody with an account is told of (C12.1)."""

    version: str
    effective_at: datetime
    published_at: datetime
    summary: Text


class Announcements(Protocol):
    """Versions of the privacy policy that are announced."""

    async def coming(self, at: datetime) -> list[Announcement]:
        """Return those that have no effect yet."""
        ...


class Pending(Protocol):
    """Which messages are still to be settled."""

    async def put(
        self, message_id: str, subject_id: SubjectId, due: datetime, priority: int
    ) -> None:
        """Note that the message is to be looked at again from `due` on."""
        ...

    async def put_all(
        self, messages: Mapping[str, tuple[SubjectId, datetime]], priority: int
    ) -> int:
        """Note many messages at once: whom each goes to, and from when it is to be looked at."""
        ...

    async def set_aside(self, message_id: str, subject_id: SubjectId, since: datetime) -> None:
        """Note that the message waits for an operator."""
        ...

    async def remove(self, message_id: str) -> None:
        """Note that the message is settled."""
        ...

    async def due(self, at: datetime, limit: int) -> list[str]:
        """Return messages to be looked at by `at`."""
        ...

    async def of_subject(self, subject_id: SubjectId) -> list[str]:
        """Return the unsettled messages to one person."""
        ...


class Batch(NamedTuple):
    """Recipients of a newsletter who are being written to."""

    id: str
    issue: str
    purpose: str
    owed_since: datetime
    messages: tuple[str, ...]
    subjects: tuple[SubjectId, ...]
    """Whom each of `messages` goes to."""


class Batches(Protocol):
    """Which recipients of newsletters are being written to; a batch taken over changes hands."""

    async def take_run(self, issue: str, at: datetime, until: datetime) -> bool:
        """Have the sending of `issue` for oneself until then; whether nobody else has it."""
        ...

    async def end_run(self, issue: str) -> None:
        """Note that everybody was sent `issue` to."""
        ...

    async def unfinished(self, at: datetime) -> bool:
        """Whether the sending of an issue was begun and left."""
        ...

    async def begin(self, batch: Batch, until: datetime) -> None:
        """Note that the messages of `batch` are about to leave."""
        ...

    async def keep(self, batch: str, until: datetime) -> bool:
        """Have more time for a batch; `False` where somebody else took it over."""
        ...

    async def end(self, batch: str) -> None:
        """Note that what became of all its messages is stored."""
        ...

    async def all(self) -> list[Batch]:
        """Return the batches under way, whoever has them."""
        ...

    async def forget_runs(self, at: datetime) -> None:
        """Forget what was left of earlier issues."""
        ...

    async def take_over(self, at: datetime, until: datetime, but: Container[str]) -> list[Batch]:
        """Return batches whose time is over, as one's own from now on; none of `but`."""
        ...

    async def of_subject(self, subject_id: SubjectId) -> Sequence[Batch]:
        """Return the batches under way that write to one person."""
        ...


class Composer(Protocol):
    """Writes messages."""

    def written(self, message: MessageState, recipient: Recipient, at: datetime) -> "Written":
        """Return the message as it is to leave; `DeliveryError` when it cannot be written."""
        ...


class Written(NamedTuple):
    """A message as it is to leave."""

    to: str
    """Where it goes, as mail servers know it."""
    content: bytes
    """As RFC 5322 has it, unsigned."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to leave."""

    message_id: str
    sender: str
    """Envelope sender, which failures come back to."""
    to: str
    """As mail servers know it."""
    content: bytes
    """As RFC 5322 has it, signed."""
    priority: int


class Mailer(Protocol):
    """Hands messages to the e-mail provider."""

    async def signed(self, content: bytes) -> bytes:
        """Return the message with its signature, where messages are signed here."""
        ...

    async def send(self, mail: Outgoing) -> None:
        """Return once it is accepted; `DeliveryError` when it is not."""
        ...

    def settled(self, message_id: str) -> None:
        """Note that what became of the message is stored."""
        ...


class Lanes(Protocol):
    """Whose turn it is."""

    def turn(self, domain: str, *, may_wait: bool) -> AbstractAsyncContextManager[None]:
        """Hand one message over within the context; `BusyError` when it is not its turn."""
        ...

    def name_of(self, domain: str) -> str:
        """Return the provider of a domain, by a name that is nobody's own."""
        ...


class Suppressions(Protocol):
    """Addresses that are not written to."""

    async def of(self, address: str) -> Suppression:
        """Return what is known against an address."""
        ...

    async def change(
        self, address: str, change: Callable[[Suppression], Suppression]
    ) -> Suppression:
        """Change what is known against an address."""
        ...

    async def of_all(self, addresses: list[str]) -> Mapping[str, Suppression]:
        """Return what is known against each of some addresses."""
        ...


class Tally(Protocol):
    """Counts for operators, of nobody in particular."""

    def count(self, outcome: str, of: MessageClass, why: str = "-") -> None:
        """Count one message that came to `outcome`."""
        ...
