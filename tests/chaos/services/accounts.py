"""Accounts: takes commands with idempotency keys and publishes what became of them."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Header

from shared.command_handler import CommandHandler
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document
from shared.event_store import Metadata
from shared.events.base import DomainEvent, SubjectId
from shared.events.identity import LearnerLoggedIn, LearnerRegistered
from shared.http.auth import Principal, Role
from shared.personal import Category
from shared.requests import RequestIdentity
from shared.rights import ANYBODY, Endpoint, Right, Rights, load_rights
from shared.service import Kernel, Service, create_app
from tests.chaos.services import planted
from tests.chaos.services.world import ChaosSettings
from tests.integration.kernel.sample import Registered, SignedIn, publish

NAME: Final = "identity"
"""The service whose keys, topic and database it uses."""


class AccountOpened(Registered):
    """The registration of whose account it is."""


class Credited(SignedIn):
    """One credit, published as a sign-in."""


def decide(subject: SubjectId, opened: bool) -> Sequence[DomainEvent]:
    """Credit the account, and open it before when it is not."""
    if opened:
        return [Credited(learner_id=subject)]
    opening = AccountOpened(
        learner_id=subject, first_name=f"Canari {subject}", email=f"{subject}@canary.test"
    )
    return [opening, Credited(learner_id=subject)]


class Accounts(Projection):
    """How often each account was credited, and whose it is."""

    name = "accounts"
    topics = ("identity.events",)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        return [envelope.subject]

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        known = document or {"credits": 0}
        match envelope.data:
            case LearnerRegistered(first_name=name):
                return {**known, "first_name": sealed_json(name)}
            case LearnerLoggedIn():
                return {**known, "credits": known["credits"] + 1}
            case _:
                return document


CREDITS: Final = Right(
    roles=[ANYBODY],
    categories=[Category.CIVIL_IDENTITY, Category.CONTACT],
    action="change",
    condition="none",
    endpoints=[Endpoint("*", "POST", "/accounts/{subject}/credits")],
)


def bootstrap(kernel: Kernel[ChaosSettings]) -> Service:
    """Wire the service."""
    router = APIRouter()
    accounts: CommandHandler[SubjectId, bool, DomainEvent] = CommandHandler(
        kernel.store, initial=False, decide=decide, evolve=lambda _, __: True
    )

    @router.post("/accounts/{subject}/credits")
    async def credit(subject: str, idempotency_key: Annotated[str, Header()]) -> dict[str, object]:
        principal = Principal(SubjectId(subject), Role.LEARNER)
        who = principal.subject
        request = RequestIdentity(planted.command_id(f"{who}:{idempotency_key}"))
        meta = Metadata.by(principal, request)
        commit = await planted.answered(
            accounts.handle(f"account-{subject}", who, subject=who, meta=meta)
        )
        return {"version": commit.version, "event_ids": list(commit.event_ids)}

    return Service(routers=[router], projections=[Accounts()])


def application() -> object:
    """Return the ASGI application, for uvicorn."""
    planted.plant()
    return create_app(
        NAME,
        settings=ChaosSettings,
        domain_events=(AccountOpened, Credited),
        publish=publish,
        bootstrap=bootstrap,
        rights=Rights({}, [*load_rights().entries, CREDITS]),
    )
