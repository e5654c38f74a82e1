"""What the data protection officer asks about cases."""

from typing import Any

from fastapi import APIRouter

from services.retention.application.uses import Uses
from services.retention.domain.errors import CaseNotFoundError
from services.retention.entrypoints.paging import PAGE, Page, page_of


def cases_router(uses: Uses) -> APIRouter:
    """Return the routes of cases."""
    router = APIRouter(tags=["erasure cases"])

    @router.get("/cases")
    async def cases(state: str = "", subject: str = "", page: Page = 1) -> dict[str, Any]:
        """Return a page of erasure cases, the latest first."""
        query = {n: v for n, v in (("state", state), ("subject", subject)) if v}
        found = await uses.case_list.find(
            query, sort=[("ordered_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        items = [{**one, "case_id": one["_id"]} for one in found]
        return page_of(items, page, await uses.case_list.count(query))

    @router.get("/cases/{case_id}")
    async def case(case_id: str) -> dict[str, Any]:
        """Return one case, step by step."""
        state = await uses.case_streams.state(case_id)
        if state.plan is None:
            raise CaseNotFoundError
        plan = state.plan
        return {
            "case_id": case_id,
            "subject": plan.subject_id,
            "state": state.stage,
            "reason": plan.reason,
            "mode": plan.mode,
            "due": plan.due,
            "disabled_at": state.disabled_at,
            "destroy_at": state.destroy_at,
            "destroyed_at": state.destroyed_at,
            "wakes_at": state.wakes_at,
            "rules": [rule.model_dump(mode="json") for rule in plan.rules],
            "scopes": [scope.model_dump(mode="json") for scope in plan.scopes],
            "withheld": [scope.model_dump(mode="json") for scope in state.withheld],
            "participants": list(plan.participants),
            "missing": list(state.missing),
            "acknowledgements": [
                {"service": service, "counts": dict(counts)}
                for service, counts in state.acknowledged.items()
            ],
            "verification": {
                "round": state.round,
                "missing": list(state.unsearched),
                "places": list(state.places),
                "searches": [
                    {"service": service, **report.searched.model_dump(mode="json")}
                    for service, report in sorted(state.searches.items())
                ],
            },
            "steps": [
                {"step": step, "at": at} for step, at in await uses.case_streams.steps(case_id)
            ],
            "certificate_id": case_id if state.certificate is not None else None,
        }

    return router
