"""What people and staff are shown of the policy (C12)."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from services.consent.domain.errors import UnknownPolicyError
from services.consent.domain.policy.comparison import Change, Piece, compare
from services.consent.domain.policy.decide import PARIS, earliest_effect
from services.consent.domain.policy.events import PolicyPublished
from services.consent.domain.policy.state import PolicyState
from services.consent.domain.policy.text import INTRODUCTION, Policies, PolicyText
from services.consent.domain.purposes import Language
from services.consent.domain.state import ConsentState
from shared.events.consent import PolicyAnswer


class VersionView(BaseModel):
    """A version that is or was in force, or will be."""

    version: str
    effective_at: datetime | None
    """None of the one the platform opened with."""
    updated_on: date
    """First day on which it holds: the date of the policy's last update (C12.2)."""
    substantial: bool
    summary: str | None


class PointView(BaseModel):
    """One statement."""

    id: str
    text: str


class SectionView(BaseModel):
    """What the policy says about one matter."""

    id: str
    title: str
    points: list[PointView]


class PolicyView(BaseModel):
    """One version with its words, what is in force, and what comes."""

    shown: VersionView
    introduction: str
    sections: list[SectionView]
    in_force: VersionView
    coming: VersionView | None
    versions: list[VersionView]
    """Every version that was ever public, newest first."""


class PieceView(BaseModel):
    """Words that share their fate."""

    change: Change
    text: str


class ComparedPointView(BaseModel):
    """One statement, before and after."""

    id: str
    change: Literal["same", "added", "removed", "changed"]
    pieces: list[PieceView]


class ComparedSectionView(BaseModel):
    """One section, before and after."""

    id: str
    changed: bool
    title: list[PieceView]
    points: list[ComparedPointView]


class ComparisonView(BaseModel):
    """What changes from one version to another."""

    since: str
    to: str
    summary: str | None
    words_added: int
    words_removed: int
    sections: list[ComparedSectionView]


class OwnPolicyView(BaseModel):
    """What a learner is asked, and has said (C12.1)."""

    in_force: VersionView
    announced: VersionView | None
    """The last substantial version that was published."""
    replaces: str
    """The version that it is compared with."""
    is_coming: bool
    """Whether it has no effect yet."""
    answer: PolicyAnswer | None
    answered_at: datetime | None


class ReadyView(BaseModel):
    """A version that can be published."""

    version: str
    summary: str | None
    earliest_if_substantial: date
    earliest_if_minor: date


class PublicationView(BaseModel):
    """Who published a version, when, and from when it holds."""

    version: str
    substantial: bool
    published_by: str
    published_at: datetime
    effective_at: datetime


class RegisterView(BaseModel):
    """The register of versions, for staff."""

    in_force: VersionView
    ready: list[ReadyView]
    published: list[PublicationView]


def version_view(
    text: PolicyText, publication: PolicyPublished | None, language: Language
) -> VersionView:
    """Return when `text` holds."""
    effective_at = publication.effective_at if publication else None
    first = text.updated_on if effective_at is None else effective_at.astimezone(PARIS).date()
    return VersionView(
        version=text.version,
        effective_at=effective_at,
        updated_on=first or date.min,
        substantial=publication is not None and publication.substantial,
        summary=text.summary.to(language) if text.summary else None,
    )


def policy_view(
    policies: Policies,
    state: PolicyState,
    at: datetime,
    language: Language,
    version: str | None = None,
) -> PolicyView:
    """Return `version`, else the one in force, in `language`.

    Raises:
        UnknownPolicyError: it is not public.
    """
    public = public_versions(policies, state)
    now = state.in_force(at)
    in_force = version_view(_text(policies, now), now, language)
    text = public_text(policies, state, version or in_force.version)
    coming = state.coming(at)
    return PolicyView(
        shown=version_view(text, state.publication(text.version), language),
        introduction=text.introduction.to(language),
        sections=[
            SectionView(
                id=part.id,
                title=part.title,
                points=[PointView(id=point, text=said) for point, said in part.points],
            )
            for part in text.parts(language)
            if part.id != INTRODUCTION
        ],
        in_force=in_force,
        coming=version_view(_text(policies, coming), coming, language) if coming else None,
        versions=[
            version_view(one, state.publication(one.version), language) for one in reversed(public)
        ],
    )


def comparison_view(old: PolicyText, new: PolicyText, language: Language) -> ComparisonView:
    """Return what changes from `old` to `new`, word by word, in `language`."""
    sections = compare(old, new, language)
    every = [piece for section in sections for piece in section.pieces]
    return ComparisonView(
        since=old.version,
        to=new.version,
        summary=new.summary.to(language) if new.summary else None,
        words_added=sum(piece.length for piece in every if piece.change == "added"),
        words_removed=sum(piece.length for piece in every if piece.change == "removed"),
        sections=[
            ComparedSectionView(
                id=section.id,
                changed=section.changed,
                title=_pieces(section.title),
                points=[
                    ComparedPointView(
                        id=point.id, change=point.change, pieces=_pieces(point.pieces)
                    )
                    for point in section.points
                ],
            )
            for section in sections
        ],
    )


def own_view(
    policies: Policies,
    state: PolicyState,
    decided: ConsentState,
    at: datetime,
    language: Language,
) -> OwnPolicyView:
    """Return what the person is asked about the policy, and has said."""
    now, announced = state.in_force(at), state.announced
    given = decided.policy_answers.get(announced.version) if announced else None
    return OwnPolicyView(
        in_force=version_view(_text(policies, now), now, language),
        announced=version_view(_text(policies, announced), announced, language)
        if announced
        else None,
        replaces=_before(policies, state, announced),
        is_coming=announced is not None and announced.effective_at > at,
        answer=given.answer if given else None,
        answered_at=given.since if given else None,
    )


def register_view(
    policies: Policies, state: PolicyState, at: datetime, language: Language
) -> RegisterView:
    """Return every version, with what can be published from when on."""
    now = state.in_force(at)
    last = state.published[-1].version if state.published else policies.founding.version
    return RegisterView(
        in_force=version_view(_text(policies, now), now, language),
        ready=[
            ReadyView(
                version=text.version,
                summary=text.summary.to(language) if text.summary else None,
                earliest_if_substantial=earliest_effect(substantial=True, at=at, state=state),
                earliest_if_minor=earliest_effect(substantial=False, at=at, state=state),
            )
            for text in policies.texts[policies.place(last) + 1 :]
        ],
        published=[
            PublicationView(
                version=one.version,
                substantial=one.substantial,
                published_by=one.published_by,
                published_at=one.published_at,
                effective_at=one.effective_at,
            )
            for one in reversed(state.published)
        ],
    )


def public_text(policies: Policies, state: PolicyState, version: str) -> PolicyText:
    """Return the words of a version that is or was public.

    Raises:
        UnknownPolicyError: it is not.
    """
    for text in public_versions(policies, state):
        if text.version == version:
            return text
    raise UnknownPolicyError


def public_versions(policies: Policies, state: PolicyState) -> list[PolicyText]:
    """Return the versions that were ever public, oldest first."""
    return [policies.founding, *(policies.text(one.version) for one in state.published)]


def _text(policies: Policies, publication: PolicyPublished | None) -> PolicyText:
    return policies.text(publication.version) if publication else policies.founding


def _before(policies: Policies, state: PolicyState, announced: PolicyPublished | None) -> str:
    versions = [text.version for text in public_versions(policies, state)]
    return versions[versions.index(announced.version) - 1] if announced else versions[0]


def _pieces(pieces: tuple[Piece, ...]) -> list[PieceView]:
    return [PieceView(change=piece.change, text=piece.text) for piece in pieces]
