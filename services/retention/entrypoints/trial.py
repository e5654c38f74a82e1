"""What a rule set would change, asked before anybody adopts it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from services.retention.application.rule_book import Source
from services.retention.application.trial import TrialPage
from services.retention.application.uses import Uses
from services.retention.domain.errors import RuleSetError
from shared.http.problems import ProblemType, problem_response

NOT_A_RULE_SET = ProblemType(
    "not-a-rule-set",
    422,
    "Ce texte n'est pas un jeu de règles ; les erreurs sont indiquées ligne par ligne.",
    "This text is not a rule set; the mistakes are told line by line.",
)


class RuleSetText(BaseModel):
    """A rule set as text."""

    text: str = Field(max_length=300_000)
    """YAML, as its file has it."""
    name: str = Field(default="rules.yaml", max_length=200)
    """What mistakes are told by, with the line."""

    def source(self) -> Source:
        """Return the same for the use cases."""
        return Source(self.text, self.name)


def trial_router(uses: Uses) -> APIRouter:
    """Return the route of trials."""
    router = APIRouter(tags=["data protection officer"])

    @router.post("/rules/trial", response_model=TrialPage)
    async def trial(
        candidate: RuleSetText,
        request: Request,
        *,
        after: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> TrialPage | JSONResponse:
        """Tell what the rule set would change for some persons; nothing is changed by asking."""
        try:
            rules = uses.rules.read(candidate.source())
        except RuleSetError as error:
            return mistakes_told(request, error)
        return await uses.trials.run(rules, after=after, limit=limit)

    @router.get("/rules/versions/{digest}/trial")
    async def trial_of_kept(
        digest: str,
        *,
        after: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> TrialPage:
        """Tell what a kept rule set would change for some persons."""
        return await uses.trials.run(await uses.rules.rule_set(digest), after=after, limit=limit)

    return router


def mistakes_told(request: Request, error: RuleSetError) -> JSONResponse:
    """Return the problem that tells what is wrong with a rule set, line by line."""
    return problem_response(request, NOT_A_RULE_SET, {"mistakes": str(error).splitlines()})
