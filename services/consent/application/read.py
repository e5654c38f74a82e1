"""What people are shown about their decisions, folded from the store: current at once."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from services.consent.domain.purposes import Language, Purposes
from services.consent.domain.state import ConsentState, Decision
from shared.held_data import HeldDatum
from shared.personal import Category

SOURCE = "consent"


class ConsentView(BaseModel):
    """One purpose that rests on consent."""

    purpose: str
    promise: str
    title: str
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


class ConsentsView(BaseModel):
    """Everything the person decides about."""

    consents: list[ConsentView]
    objections: list[ObjectionView]


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
                text=asked.current.text.to(language),
                text_version=asked.current.version,
                granted=state.granted(asked.purpose),
                decision=_word(decision),
                decided_at=decision.since if decision else None,
                decided_text_version=decision.shown.text_version if decision else None,
            )
        )
    objections = []
    for choice in purposes.objections:
        decision = state.objections.get(choice.purpose)
        objections.append(
            ObjectionView(
                purpose=choice.purpose,
                promise=choice.promise,
                title=choice.current.title.to(language),
                text=choice.current.text.to(language),
                text_version=choice.current.version,
                consequences=[one.to(language) for one in choice.current.consequences],
                raised=state.objects_to(choice.purpose),
                decided_at=decision.since if decision else None,
            )
        )
    return ConsentsView(consents=consents, objections=objections)


def held_decisions(state: ConsentState) -> list[HeldDatum]:
    """Return the decisions as data held (C8.1).

    None is sealed. Once the account is erased they are about nobody, so nothing is held.
    """
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
    return consents + objections


def _datum(field: str, value: str, decision: Decision) -> HeldDatum:
    return HeldDatum(
        category=Category.CONTACT,
        field=field,
        value=value,
        recorded_at=decision.since,
        source=SOURCE,
    )


def _word(decision: Decision | None) -> Literal["granted", "withdrawn"] | None:
    if decision is None:
        return None
    return "granted" if decision.holds else "withdrawn"
