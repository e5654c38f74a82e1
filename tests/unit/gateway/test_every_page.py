"""No page is left out of what is checked in a browser."""

import re
from typing import Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from services.gateway.bootstrap import PAGES
from tests.e2e.test_every_page import LEARNER, PUBLIC, STAFF

NO_PAGE: Final = {
    "/sign-in/provider",
    "/sign-in/provider/back",
    "/my-data.json",
    "/consents/history/{decision_id}/receipt",
    "/staff/statistics.csv",
    "/staff/sessions/calendar",
    "/live-sessions/calendar",
    "/live-sessions/{session_id}/calendar",
    "/staff/certificates/{certificate_id}",
    "/staff/demands/{demand_id}/document",
    "/mail/preview/{name}/{language}",
    "/notices/stream",
    "/api/session",
    "/api/{service}/{path:path}",
}
"""What answers with a file, a redirection or data."""
ON_THE_WAY: Final = {
    "/mailbox/{key}": "test_learner_journey.py",
    "/modules/{module_id}": "test_learner_journey.py",
    "/enrolments/{enrolment_id}": "test_every_page.py",
    "/enrolments/{enrolment_id}/end": "test_learner_journey.py",
    "/enrolments/{enrolment_id}/exercises/{exercise_id}": "test_every_page.py",
    "/staff/sessions/{session_id}": "test_live_sessions.py",
    "/staff/speaking/{session_id}": "test_compartments.py",
    "/staff/support/noted/{request_id}": "test_support.py",
    "/staff/disputes/{thing}/{dispute_id}": "test_disputes.py",
    "/staff/cases/{case_id}": "test_certificates.py",
    "/staff/holds/{hold_id}": "test_holds.py",
    "/staff/demands/{demand_id}": "test_demands.py",
    "/staff/demands/{demand_id}/values": "test_demands.py",
    "/staff/incidents/{incident_id}": "test_incidents.py",
    "/staff/rules/{digest}": "test_rules.py",
    "/staff/rules/{digest}/since/{previous}": "test_rules.py",
    "/staff/anomalies/{anomaly_id}": "test_watching.py",
    "/staff/break-glass/reviews/{access_id}": "test_compartments.py",
    "/ops/dead-letters/{service}/{letter_id}": "test_dead_letters.py",
}
"""Pages of something that comes about in a journey, and the file of that journey."""


def pages() -> set[str]:
    app = FastAPI()
    for page in PAGES:
        app.include_router(page.router)
    return {
        str(context.path)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        and "GET" in (context.original_route.methods or ())
    }


def test_every_page_is_visited_in_a_browser() -> None:
    visited = {path.partition("?")[0] for path in (*PUBLIC, *LEARNER, *(path for _, path in STAFF))}
    left = pages() - NO_PAGE - set(ON_THE_WAY)
    missing = {
        page
        for page in left
        if not any(re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", page), path) for path in visited)
    }
    assert missing == set()


def test_nothing_is_listed_that_is_no_page_any_more() -> None:
    assert set(ON_THE_WAY) | NO_PAGE <= pages()
