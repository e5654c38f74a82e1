"""A small real service on the kernel: what the tests of the kernel drive."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.consuming.reactions import PermanentFailureError, Reaction
from shared.database import Document
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import DomainEvent, SubjectId
from shared.events.identity import LearnerLoggedIn, LearnerRectified, LearnerRegistered
from shared.events.retention import ErasureOrdered
from shared.http.auth import Caller, Role
from shared.personal import Category, Personal, PersonalField
from shared.rights import ANYBODY, Endpoint, Right, Rights, load_rights
from shared.service import Kernel, Service
from shared.settings import Settings


class Registered(DomainEvent):
    learner_id: SubjectId
    first_name: Annotated[Personal[str], PersonalField(Category.CIVIL_IDENTITY)]
    email: Annotated[Personal[str], PersonalField(Category.CONTACT)]


class Renamed(DomainEvent):
    learner_id: SubjectId
    first_name: Annotated[Personal[str], PersonalField(Category.CIVIL_IDENTITY)]


class SignedIn(DomainEvent):
    learner_id: SubjectId


class Greeted(DomainEvent):
    learner_id: SubjectId


SAMPLE_EVENTS: tuple[type[DomainEvent], ...] = (Registered, Renamed, SignedIn, Greeted)


SAMPLE_RIGHTS = Rights(
    {},
    [
        *load_rights().entries,
        Right(
            roles=[ANYBODY],
            categories=[Category.CIVIL_IDENTITY],
            action="read",
            condition="none",
            endpoints=[Endpoint("*", "GET", "/people/{subject}")],
        ),
        Right(
            roles=[Role.LEARNER],
            categories=[],
            action="read",
            condition="own",
            endpoints=[Endpoint("*", "GET", "/me/failure")],
        ),
    ],
)


def publish(
    record: RecordedEvent,
) -> LearnerRegistered | LearnerRectified | LearnerLoggedIn | None:
    """Return the public event that a stored one leads to."""
    match record.event:
        case Registered() as e:
            return LearnerRegistered(
                learner_id=e.learner_id,
                first_name=e.first_name,
                last_name=e.first_name,
                email=e.email,
                language="fr",
                minor=False,
            )
        case Renamed() as e:
            return LearnerRectified(learner_id=e.learner_id, first_name=e.first_name)
        case SignedIn() as e:
            return LearnerLoggedIn(learner_id=e.learner_id)
        case _:
            return None


class People(Projection):
    """Who there is, by subject, with how often they signed in."""

    name = "people"
    topics = ("identity.events", "retention.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        return [envelope.subject]

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        known = document or {"logins": 0}
        match envelope.data:
            case LearnerRegistered(first_name=name) | LearnerRectified(first_name=name):
                return {**known, "first_name": sealed_json(name)}
            case LearnerLoggedIn():
                return {**known, "logins": known["logins"] + 1}
            case ErasureOrdered():
                return None
            case _:
                return document


@dataclass
class Sample:
    """The service's parts that a test looks at."""

    kernel: Kernel[Settings] | None = None
    failing: set[str] = field(default_factory=set)
    """Subjects whose registration the reaction refuses."""
    stubborn: set[str] = field(default_factory=set)
    """Subjects whose registration the reaction fails on every time."""
    erased: list[str] = field(default_factory=list)
    closed: bool = False

    def bootstrap(self, kernel: Kernel[Settings]) -> Service:
        """Wire the sample service."""
        self.kernel = kernel
        router = APIRouter()
        people = kernel.read_model(People())

        @router.get("/people/{subject}")
        async def person(subject: str) -> dict[str, object]:
            document = await people.get(subject)
            if document is None:
                return {}
            opened = await kernel.vault.open_document(document)
            return {"first_name": opened["first_name"].text(), "logins": opened["logins"]}

        @router.get("/me/failure")
        async def failure(principal: Caller) -> None:
            raise ValueError(f"canary-in-an-error-{principal.subject}")

        async def greet(envelope: Envelope) -> None:
            if envelope.subject in self.failing:
                raise PermanentFailureError("refused")
            if envelope.subject in self.stubborn:
                raise ValueError("canary-in-a-reaction")
            await kernel.store.append(
                f"greeting-{envelope.subject}",
                0,
                [Greeted(learner_id=envelope.subject)],
                subject=envelope.subject,
                meta=Metadata.caused_by(envelope, "greet"),
            )

        async def erase(order: object) -> None:
            self.erased.append(type(order).__name__)

        async def close() -> None:
            self.closed = True

        return Service(
            routers=[router],
            projections=[People()],
            reactions=[Reaction("greet", ("identity.events",), {LearnerRegistered: greet})],
            erase=erase,
            close=close,
        )
