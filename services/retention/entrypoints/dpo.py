"""What the data protection officer asks about terms: clocks, preview, figures."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any, Literal, cast, get_args

from fastapi import APIRouter, Query, Request

from services.retention.adapters.clock_store import in_state
from services.retention.application.uses import Uses
from services.retention.domain.calendar import end_of_day
from services.retention.domain.clocks.clock import ClockState
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.clocks.preview import preview as preview_of
from services.retention.domain.clocks.telling import told_of
from services.retention.domain.clocks.what_if import what_if
from services.retention.domain.errors import UnknownSubjectError
from services.retention.domain.life.suppose import Supposition, What
from services.retention.entrypoints.paging import (
    PAGE,
    DayOrInstant,
    Page,
    instant_of,
    page_of,
)
from shared.http.problems import INVALID, ProblemError, language_of
from shared.personal import Category

Suppositions = Annotated[
    str,
    Query(
        alias="suppose",
        pattern=rf"^(({'|'.join(get_args(What))})@\d{{4}}-\d{{2}}-\d{{2}}(,|$)){{1,10}}$",
        description="What did not happen, and on which day: `signs_in@2027-03-01,closes_account@…`",
    ),
]


def dpo_router(uses: Uses) -> APIRouter:
    """Return the data protection officer's routes."""
    router = APIRouter(tags=["data protection officer"])

    @router.get("/clocks")
    async def clocks(
        request: Request,
        state: ClockState | Literal[""] = "",
        category: Category | Literal[""] = "",
        rule: str = "",
        subject: str = "",
        page: Page = 1,
    ) -> dict[str, Any]:
        """Return a page of clocks, those that go next first."""
        now, language = uses.clock.now(), language_of(request)
        await uses.recomputation.a_few()
        rules = await uses.rules.current()
        query: dict[str, Any] = in_state(state, now) if state else {}
        query |= {
            name: value
            for name, value in (("category", category), ("rule_id", rule), ("subject", subject))
            if value
        }
        found, total = await uses.clocks.find(query, skip=(page - 1) * PAGE, limit=PAGE)
        items = [told_of(clock, rules, language, now) for clock in found]
        return page_of(items, page, total)

    @router.get("/learners/{subject}/clocks")
    async def clocks_of_person(subject: str, request: Request) -> dict[str, Any]:
        """Return every clock of one person."""
        life = await uses.lives.load(subject)
        if life is None:
            raise UnknownSubjectError
        now, language = uses.clock.now(), language_of(request)
        rules = await uses.rules.current()
        found = clocks_of(rules, life)
        return {"items": [told_of(clock, rules, language, now, life) for clock in found]}

    @router.get("/learners/{subject}/what-if")
    async def what_if_of_person(
        subject: str, suppose: Suppositions, request: Request
    ) -> dict[str, Any]:
        """Tell what would become of one person's data if something happened that has not.

        Each object has the clock that decides now, and the one that would. A day counts from its
        end in Paris.
        """
        life = await uses.lives.load(subject)
        if life is None:
            raise UnknownSubjectError
        rules, now, language = await uses.rules.current(), uses.clock.now(), language_of(request)
        supposed, found = what_if(rules, life, list(_suppositions(suppose)))
        return {
            "items": [
                {
                    "category": one.scope.category,
                    "object": one.scope.object,
                    "changed": one.changed,
                    "before": told_of(one.before, rules, language, now, life),
                    "after": told_of(one.after, rules, language, now, supposed),
                }
                for one in found
            ]
        }

    @router.get("/preview")
    async def preview(request: Request, until: DayOrInstant) -> dict[str, Any]:
        """Tell what goes until then, when, why and how much, if nothing more happens."""
        instant, language = instant_of(until), language_of(request)
        await uses.recomputation.run()
        rules = await uses.rules.current()
        items: list[dict[str, Any]] = []
        for subject in await uses.clocks.subjects_due_until(instant):
            life = await uses.lives.load(subject)
            for one in preview_of(rules, life, instant) if life else ():
                view = told_of(one.clock, rules, language, instant)
                items.append({**view, "acts_at": one.acts_at})
        items.sort(key=lambda item: (item["acts_at"], item["subject"]))
        by_category: dict[str, int] = {}
        for item in items:
            by_category[item["category"]] = by_category.get(item["category"], 0) + 1
        return {
            "until": instant,
            "total": len(items),
            "persons": len({item["subject"] for item in items}),
            "by_category": by_category,
            "items": items,
        }

    @router.get("/status")
    async def status() -> dict[str, Any]:
        """Return how many clocks run, are due, are late by more than a sweep, or have no date."""
        now = uses.clock.now()
        await uses.recomputation.a_few()
        progress, offered = await uses.recomputation.progress(), await uses.rules.offered()
        figures = await uses.clocks.figures(now, now - uses.sweep_interval)
        return {
            "running": figures.running,
            "waiting": figures.waiting,
            "due": figures.due,
            "late": figures.late,
            "held": figures.held,
            "alarms": figures.alarms,
            "open_alarms": await uses.alarm_list.count({"open": True}),
            "open_cases": await uses.case_list.count({"open": True}),
            "rules_version": (await uses.rules.current()).version,
            "rules_offered": offered and offered.version,
            "clocks_waiting": progress.waiting,
            "lives": progress.total,
            "sweep_interval_seconds": int(uses.sweep_interval / timedelta(seconds=1)),
        }

    return router


def _suppositions(text: str) -> Iterator[Supposition]:
    for one in filter(None, text.split(",")):
        what, _, day = one.partition("@")
        try:
            on = end_of_day(date.fromisoformat(day))
        except ValueError:
            raise ProblemError(INVALID) from None
        yield Supposition(cast("What", what), on)
