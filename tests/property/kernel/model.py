"""What store, relay and projection should hold: streams are lists of facts, nothing more."""

from dataclasses import dataclass, field
from typing import Final, Literal

from hypothesis import strategies as st

from shared.events.base import DomainEvent, SubjectId
from shared.events.erasure import KeyScope
from shared.personal import Category, Erased
from tests.integration.kernel.sample import Registered, Renamed, SignedIn

PEOPLE: Final = ("ada", "bea", "cleo")
ACCOUNT, VISITS = "learner-", "visits-"
STREAMS: Final = tuple(prefix + person for person in PEOPLE for prefix in (ACCOUNT, VISITS))
ERASED: Final = Erased(category=Category.CIVIL_IDENTITY)
SCOPE: Final = KeyScope(category=Category.CIVIL_IDENTITY)

Wish = tuple[Literal["rename", "sign in"], str]
"""What to record next, and the name to record it with."""

wishes: Final[st.SearchStrategy[list[Wish]]] = st.lists(
    st.tuples(st.sampled_from(["rename", "sign in"]), st.text("abcé", min_size=1, max_size=4)),
    min_size=1,
    max_size=3,
)


@dataclass(frozen=True)
class Fact:
    """One recorded event."""

    id: str
    kind: str
    name: str | None


@dataclass(frozen=True)
class Recorded:
    """One commit."""

    stream: str
    version: int
    """Version of the stream before it."""
    event_ids: tuple[str, ...]
    command_id: str | None


@dataclass
class Model:
    """Everything that has been acknowledged so far."""

    streams: dict[str, list[Fact]] = field(default_factory=lambda: {one: [] for one in STREAMS})
    commits: list[Recorded] = field(default_factory=list)
    destroyed: set[str] = field(default_factory=set)
    """People whose names can no longer be read."""
    gone: set[str] = field(default_factory=set)
    """People who have been taken out of the read model for good."""

    def version(self, stream: str) -> int:
        """Return the version of `stream`."""
        return len(self.streams[stream])

    def events(self, stream: str, wishes: list[Wish]) -> list[DomainEvent]:
        """Return the events that `wishes` amount to in `stream`: an account is registered first."""
        person = person_of(stream)
        events: list[DomainEvent] = []
        for wish, name in wishes:
            if stream.startswith(ACCOUNT) and not self.streams[stream] and not events:
                events.append(Registered(learner_id=person, first_name=name, email=f"{name}@x"))
            elif stream.startswith(ACCOUNT) and wish == "rename":
                events.append(Renamed(learner_id=person, first_name=name))
            else:
                events.append(SignedIn(learner_id=person))
        return events

    def is_sealed_off(self, stream: str, events: list[DomainEvent]) -> bool:
        """Tell whether `events` name somebody whose name has been forgotten."""
        named = any(isinstance(event, Registered | Renamed) for event in events)
        return named and person_of(stream) in self.destroyed

    def record(
        self, stream: str, events: list[DomainEvent], ids: tuple[str, ...], command_id: str | None
    ) -> None:
        """Take note of an acknowledged append."""
        assert len(ids) == len(events)
        self.commits.append(Recorded(stream, self.version(stream), ids, command_id))
        for event_id, event in zip(ids, events, strict=True):
            self.streams[stream].append(Fact(event_id, type(event).__name__, name_in(event)))

    def person(self, person: str) -> dict[str, object] | None:
        """Return the person's document: the pure fold of the person's streams."""
        account, visits = self.streams[ACCOUNT + person], self.streams[VISITS + person]
        if person in self.gone or not (account or visits):
            return None
        logins = sum(fact.kind == "SignedIn" for fact in (*account, *visits))
        names = [fact.name for fact in account if fact.name is not None]
        document: dict[str, object] = {"_id": person, "logins": logins}
        if names:
            document["first_name"] = ERASED if person in self.destroyed else names[-1]
        return document


def person_of(stream: str) -> SubjectId:
    """Return whom `stream` is about."""
    return SubjectId(stream.partition("-")[2])


def name_in(event: object) -> str | None:
    """Return the name that an event tells, sealed or not; `None` for none."""
    match event:
        case Registered(first_name=name) | Renamed(first_name=name):
            told = name.reveal()
            return None if isinstance(told, Erased) else told
        case _:
            return None
