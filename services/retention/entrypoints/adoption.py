"""The rule sets that are kept: submitting one, comparing it, adopting it, and who adopted which."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StringConstraints

from services.retention.application.adopting import Candidate
from services.retention.application.uses import Uses
from services.retention.domain.clocks.words import said
from services.retention.domain.errors import (
    AdoptionOutdatedError,
    ConfirmationOutdatedError,
    RuleSetError,
    RuleSetNotFoundError,
    RulesInForceError,
    VersionTakenError,
)
from services.retention.domain.proposal.acts import AdoptRules
from services.retention.domain.ruleset.difference import RuleChange, differences
from services.retention.entrypoints.proposals import ProposedView, asked, outdated
from services.retention.entrypoints.trial import RuleSetText, mistakes_told
from shared.event_store import Metadata
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, Language, ProblemType, language_of

RULE_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    RuleSetNotFoundError: NOT_FOUND,
    RulesInForceError: ProblemType(
        "rules-in-force",
        409,
        "Ces règles sont déjà en vigueur.",
        "These rules are in force already.",
    ),
    VersionTakenError: ProblemType(
        "version-taken",
        409,
        "Cette version a été adoptée avec un autre texte. Donnez à celui-ci une version à lui.",
        "This version was adopted with another text. Give the changed text a version of its own.",
    ),
    AdoptionOutdatedError: ProblemType(
        "adoption-outdated",
        409,
        "D'autres règles sont entrées en vigueur entre-temps. Comparez de nouveau, puis confirmez.",
        "Other rules have come into force meanwhile. Compare again, then confirm.",
    ),
}

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


class AdoptionBody(BaseModel):
    """The decision to adopt a kept rule set."""

    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    instead_of: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Digest of the rules it was compared with."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
    """Why; never about a person."""
    confirm: int = Field(default=0, ge=0)
    """How many objects go at once, as the trial told."""


def adoption_router(uses: Uses) -> APIRouter:
    """Return the routes of rule sets that are kept and adopted."""
    router = APIRouter(tags=["data protection officer"])

    @router.post("/rules/versions", status_code=201, response_model=None)
    async def submit(
        body: RuleSetText, request: Request, officer: Caller, once: Once
    ) -> dict[str, Any] | JSONResponse:
        """Keep a rule set and show what differs from the one in force; it is not adopted yet."""
        try:
            found = await uses.adopting.submit(body.source(), Metadata.by(officer, once))
        except RuleSetError as error:
            return mistakes_told(request, error)
        return _candidate_view(found, language_of(request))

    @router.get("/rules/versions/{digest}")
    async def version(digest: Digest, request: Request) -> dict[str, Any]:
        """Show a kept rule set beside the one in force, with its text."""
        source = await uses.rules.source(digest)
        found = await uses.adopting.candidate(digest)
        return {
            **_candidate_view(found, language_of(request)),
            "file": source.file,
            "text": source.text,
        }

    @router.post("/rules/adoptions", status_code=202, response_model=ProposedView)
    async def adopt(
        body: AdoptionBody, request: Request, officer: Caller, once: Once
    ) -> ProposedView | JSONResponse:
        """Ask for a kept rule set to come into force: once a second person confirms it.

        Refused when other rules came into force since it was compared, or when not the confirmed
        number of objects would go at once; the answer then tells how many would.
        """
        rules = await uses.rules.rule_set(body.digest)
        act = AdoptRules(
            digest=body.digest,
            version=rules.version,
            instead_of=body.instead_of,
            goes_at_once=body.confirm,
        )
        try:
            return await asked(uses, act, Metadata.by(officer, once), reason=body.reason)
        except ConfirmationOutdatedError as error:
            return outdated(request, error)

    @router.get("/rules/adoptions")
    async def adoptions() -> dict[str, Any]:
        """Return who adopted which rule set when and why, the last one first."""
        found = await uses.rules.adoptions()
        offered = await uses.rules.offered()
        return {
            "items": [
                {
                    "version": one.version,
                    "digest": one.digest,
                    "adopted_at": one.at,
                    "adopted_by": one.by,
                    "confirmed_by": one.confirmed_by,
                    "reason": one.reason,
                    "goes_at_once": one.goes_at_once,
                    "previous": one.previous,
                    "again": one.again,
                }
                for one in reversed(found)
            ],
            "offered": offered and {"version": offered.version, "digest": offered.digest},
        }

    @router.get("/rules/versions/{digest}/differences/{other}")
    async def differences_between(
        digest: Digest, other: Digest, request: Request
    ) -> dict[str, Any]:
        """Tell rule by rule what differs from one kept rule set to another."""
        before, after = await uses.rules.rule_set(digest), await uses.rules.rule_set(other)
        language = language_of(request)
        return {"items": [_change_view(one, language) for one in differences(before, after)]}

    return router


def _candidate_view(found: Candidate, language: Language) -> dict[str, Any]:
    return {
        "version": found.rules.version,
        "digest": found.rules.digest,
        "in_force": found.in_force.version,
        "in_force_digest": found.in_force.digest,
        "changes": [_change_view(one, language) for one in found.changes],
        "obstacle": found.obstacle and OBSTACLES.get(type(found.obstacle).__name__),
        "was_in_force": found.was_in_force,
    }


OBSTACLES = {"RulesInForceError": "in-force", "VersionTakenError": "version-taken"}
"""What stands in the way of an adoption, by the domain's error."""


def _change_view(change: RuleChange, language: Language) -> dict[str, Any]:
    return {
        "rule_id": change.rule_id,
        "kind": change.kind,
        "fields": [
            {
                "field": one.field,
                "before": list(one.before),
                "after": list(one.after),
                "before_text": [said(one.field, value, language) for value in one.before],
                "after_text": [said(one.field, value, language) for value in one.after],
            }
            for one in change.fields
        ],
    }
