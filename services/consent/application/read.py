"""What people are shown about their decisions, folded from the store: current at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, assert_never, cast

from pydantic import BaseModel

from services.consent.domain.events import (
    ConsentEvent,
    ConsentGranted,
    ConsentsClosed,
    ConsentWithdrawn,
    DecisionEvent,
    ObjectionLifted,
    ObjectionRaised,
    PolicyAnswered,
    RestrictionLifted,
    RestrictionPlaced,
)
from services.consent.domain.purposes import (
    Kind,
    Language,
    ObjectionChoice,
    Purposes,
    RestrictionChoice,
)
from services.consent.domain.state import ConsentState, Decision
from shared.event_store import RecordedEvent
from shared.held_data import HeldDatum, held_values
from shared.personal import Category

SOURCE = "consent"


class ConsentView(BaseModel):
    """One purpose that rests on consent."""

    purpose: str
    promise: str
    title: str
    topic: str | None
    """What the newsletter is about, where it is one."""
    text: str
    text_version: str
    """Version of `text`; send it back with the decision."""
    granted: bool
    decision: Literal["granted", "withdrawn"] | None
    """The latest decision; none where nobody ever decided, which means off."""
    decided_at: datetime | None
    decided_text_version: str | None


class ObjectionView(BaseModel):
    """One purpose that may be objected to, with what the objection changes (C8.3)."""

    purpose: str
    promise: str
    title: str
    text: str
    text_version: str
    consequences: list[str]
    raised: bool
    decided_at: datetime | None


class RestrictionView(BaseModel):
    """One category that may be restricted, with what that changes for everybody (C8.3)."""

    category: str
    promise: str
    title: str
    text: str
    text_version: str
    consequences: list[str]
    placed: bool
    decided_at: datetime | None


class ConsentsView(BaseModel):
    """Everything the person decides about."""

    consents: list[ConsentView]
    objections: list[ObjectionView]
    restrictions: list[RestrictionView]


class DecisionView(BaseModel):
    """One decision with its proof: what was shown, where, when and how."""

    decision_id: str
    kind: Kind
    about: str
    """Purpose or category."""
    title: str
    decision: Literal["granted", "withdrawn", "raised", "lifted", "placed"]
    decided_at: datetime
    text_version: str
    language: Language
    text: str | None
    """What was shown; none where it went with the profile and was not a text for everybody."""
    digest: str | None
    channel: str
    place: str | None
    gesture: str | None
    has_receipt: bool


class HistoryView(BaseModel):
    """Every decision, newest first."""

    items: list[DecisionView]


def consents_view(state: ConsentState, purposes: Purposes, language: Language) -> ConsentsView:
    """Return what is asked, in `language`, with the person's decisions."""
    consents = []
    for asked in purposes.consents:
        decision = state.consents.get(asked.purpose)
        consents.append(
            ConsentView(
                purpose=asked.purpose,
                promise=asked.promise,
                title=asked.current.title.to(language),
                topic=asked.topic.to(language) if asked.topic else None,
                text=asked.current.text.to(language),
                text_version=asked.current.version,
                granted=state.granted(asked.purpose),
                decision=_word(decision),
                decided_at=decision.since if decision else None,
                decided_text_version=decision.shown.text_version if decision else None,
            )
        )
    objections = [
        _objection(choice, state, state.objections.get(choice.purpose), language)
        for choice in purposes.objections
    ]
    restrictions = [
        _restriction(choice, state, state.restrictions.get(choice.category), language)
        for choice in purposes.restrictions
    ]
    return ConsentsView(consents=consents, objections=objections, restrictions=restrictions)


def _objection(
    choice: ObjectionChoice, state: ConsentState, decision: Decision | None, language: Language
) -> ObjectionView:
    return ObjectionView(
        purpose=choice.purpose,
        promise=choice.promise,
        title=choice.current.title.to(language),
        text=choice.current.text.to(language),
        text_version=choice.current.version,
        consequences=[one.to(language) for one in choice.current.consequences],
        raised=state.objects_to(choice.purpose),
        decided_at=decision.since if decision else None,
    )


def _restriction(
    choice: RestrictionChoice, state: ConsentState, decision: Decision | None, language: Language
) -> RestrictionView:
    return RestrictionView(
        category=choice.category,
        promise=choice.promise,
        title=choice.current.title.to(language),
        text=choice.current.text.to(language),
        text_version=choice.current.version,
        consequences=[one.to(language) for one in choice.current.consequences],
        placed=state.restricts(choice.category),
        decided_at=decision.since if decision else None,
    )


def history_view(
    recorded: Sequence[RecordedEvent], purposes: Purposes, language: Language
) -> HistoryView:
    """Return every decision with its proof, newest first, titles in `language`."""
    items = []
    for record in reversed(recorded):
        event = cast("ConsentEvent", record.event)
        if not isinstance(event, PolicyAnswered | ConsentsClosed):
            items.append(_decided(record.id, event, purposes, language))
    return HistoryView(items=items)


def _decided(
    event_id: str, event: DecisionEvent, purposes: Purposes, language: Language
) -> DecisionView:
    kind, about, decision = _what(event)
    choice = purposes.choice(kind, about)
    text = next((one for one in choice.texts if one.version == event.shown.text_version), None)
    explained = getattr(event, "explained", None)
    words = text.words(event.shown.language) if text else None
    if explained is not None:
        words = explained.text("") or None
    return DecisionView(
        decision_id=event_id,
        kind=kind,
        about=about,
        title=choice.current.title.to(language),
        decision=decision,
        decided_at=event.decided_at,
        text_version=event.shown.text_version,
        language=event.shown.language,
        text=words,
        digest=event.shown.digest,
        channel=event.channel,
        place=event.place,
        gesture=event.gesture,
        has_receipt=kind == "consent",
    )


Word = Literal["granted", "withdrawn", "raised", "lifted", "placed"]


def _what(event: DecisionEvent) -> tuple[Kind, str, Word]:
    match event:
        case ConsentGranted():
            return "consent", event.purpose, "granted"
        case ConsentWithdrawn():
            return "consent", event.purpose, "withdrawn"
        case ObjectionRaised():
            return "objection", event.purpose, "raised"
        case ObjectionLifted():
            return "objection", event.purpose, "lifted"
        case RestrictionPlaced():
            return "restriction", event.category, "placed"
        case RestrictionLifted():
            return "restriction", event.category, "lifted"
        case _:
            assert_never(event)


def held_decisions(state: ConsentState, recorded: Sequence[RecordedEvent]) -> list[HeldDatum]:
    """Return the decisions as data held (C8.1), with the explanations that were shown.

    The decisions are not sealed. Once the account is erased they are about nobody, so nothing is
    held.
    """
    if state.closed:
        return []
    return standing_decisions(state) + held_values(SOURCE, recorded)


def standing_decisions(state: ConsentState) -> list[HeldDatum]:
    """Return what the person has decided as it stands; nothing once the account is erased."""
    if state.closed:
        return []
    consents = [
        _datum(f"consent:{purpose}", "granted" if decision.holds else "withdrawn", decision)
        for purpose, decision in state.consents.items()
    ]
    objections = [
        _datum(f"objection:{purpose}", "raised" if decision.holds else "lifted", decision)
        for purpose, decision in state.objections.items()
    ]
    restrictions = [
        _datum(f"restriction:{category}", "placed" if decision.holds else "lifted", decision)
        for category, decision in state.restrictions.items()
    ]
    answers = [
        _held(f"policy:{version}", given.answer, given.since)
        for version, given in state.policy_answers.items()
    ]
    return consents + objections + restrictions + answers


def _datum(field: str, value: str, decision: Decision) -> HeldDatum:
    return _held(field, value, decision.since)


def _held(field: str, value: str, since: datetime) -> HeldDatum:
    return HeldDatum(
        category=Category.CONTACT, field=field, value=value, recorded_at=since, source=SOURCE
    )


def _word(decision: Decision | None) -> Literal["granted", "withdrawn"] | None:
    if decision is None:
        return None
    return "granted" if decision.holds else "withdrawn"
