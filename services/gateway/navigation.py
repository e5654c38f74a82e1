"""Which screens each role is offered: those whose calls the table of rights lets it make."""

from dataclasses import dataclass
from typing import Final

from services.gateway.admission import admission
from services.gateway.settings import GatewaySettings
from services.gateway.wording import marked
from shared.http.auth import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the main navigation."""

    path: str
    title: str
    calls: tuple[str, ...] = ()
    """What its page asks for, as the table of rights writes it."""
    staff: bool = True
    """Whether it is for staff alone."""

    def is_for(self, role: Role) -> bool:
        """Whether `role` may make the page's calls."""
        return role in admission(*self.calls, staff=self.staff).roles


ENROLMENT: Final = Entry("/account/security", marked("Sign-in security"))
"""All that staff are offered before they have a second factor."""
_PUBLIC: Final = (
    Entry("/", marked("Home")),
    Entry("/modules", marked("Modules")),
    Entry("/privacy", marked("Privacy policy")),
    Entry("/contact", marked("Contact")),
)
_LEARNERS: Final = (
    Entry("/dashboard", marked("Dashboard")),
    Entry("/modules", marked("Modules")),
    Entry("/live-sessions", marked("My live sessions")),
    Entry("/my-data", marked("My data")),
    Entry("/my-requests", marked("My requests")),
    Entry("/consents", marked("Choices")),
    Entry("/invoices", marked("Invoices")),
    Entry("/recordings", marked("Recordings")),
    Entry("/support", marked("Help")),
    Entry("/account", marked("Account")),
)
_STAFF: Final = (
    Entry(
        "/staff/certifications",
        marked("Certifications"),
        (
            "learning GET /certifications/pending",
            "learning POST /enrolments/{enrolment_id}/certification",
        ),
    ),
    Entry("/staff/learners", marked("Learners"), ("learning GET /learners",)),
    Entry("/staff/break-glass", marked("Emergency access"), ("identity POST /break-glass",)),
    Entry("/staff/sessions", marked("Live sessions"), ("learning POST /live-sessions",)),
    Entry(
        "/staff/speaking",
        marked("My sessions as a speaker"),
        ("identity GET /live-sessions/{session_id}/participants",),
    ),
    Entry("/staff/invoices", marked("Invoices"), ("learning GET /invoices",)),
    Entry("/staff/clocks", marked("Clocks"), ("retention GET /clocks",)),
    Entry("/staff/support", marked("Requests"), ("identity GET /support-requests",)),
    Entry(
        "/staff/support/new",
        marked("Note a call or letter"),
        ("identity POST /support-requests",),
    ),
    Entry("/staff/rights-cases", marked("Rights cases"), ("identity GET /rights-cases",)),
    Entry("/staff/disputes", marked("Marked as wrong"), ("learning GET /disputes",)),
    Entry("/staff/demands", marked("Official demands"), ("identity GET /demands",)),
    Entry("/staff/preview", marked("Preview"), ("retention GET /preview",)),
    Entry("/staff/cases", marked("Cases"), ("retention GET /cases",)),
    Entry("/staff/holds", marked("Holds"), ("retention GET /holds",)),
    Entry("/staff/archive", marked("Archive"), ("retention GET /archive-readings",)),
    Entry("/staff/alarms", marked("Alarms"), ("retention GET /alarms",)),
    Entry("/staff/anomalies", marked("Anomalies"), ("identity GET /anomalies",)),
    Entry(
        "/staff/break-glass/reviews",
        marked("Emergency accesses"),
        ("identity GET /break-glass", "identity POST /break-glass/{access_id}/review"),
    ),
    Entry("/staff/traces", marked("Traces"), ("identity GET /traces",)),
    Entry("/staff/incidents", marked("Incidents"), ("retention GET /incidents",)),
    Entry(
        "/staff/learner-sessions",
        marked("End sessions"),
        ("identity DELETE /learners/{learner_id}/sessions",),
    ),
    Entry(
        "/staff/penetration-tests",
        marked("Penetration tests"),
        ("retention GET /penetration-tests",),
    ),
    Entry("/staff/processors", marked("Processors"), ("retention GET /processors",)),
    Entry(
        "/staff/record-of-processing",
        marked("Record of processing"),
        ("retention GET /record-of-processing",),
    ),
    Entry("/staff/proposals", marked("Second person"), ("retention GET /proposals",)),
    Entry("/staff/rules", marked("Rules"), ("retention POST /rules/adoptions",)),
    Entry(
        "/staff/policy",
        marked("Privacy policy"),
        ("consent GET /policy/register", "notify GET /policy-notices"),
    ),
    Entry("/staff/what-if", marked("What if"), ("retention GET /learners/{subject}/what-if",)),
    Entry("/staff/team", marked("Team"), ("identity POST /staff",)),
    Entry(
        "/staff/trainings",
        marked("Yearly training"),
        ("identity POST /staff/{staff_id}/trainings",),
    ),
    Entry("/staff/teaching", marked("Teaching"), ("learning POST /teaching",)),
    Entry("/staff/statistics", marked("Statistics"), ("learning GET /statistics",)),
    Entry("/staff/minors", marked("Minors"), ("identity POST /learners/{learner_id}/minority",)),
    Entry("/staff/events", marked("Events"), ("notify GET /events", "notify POST /events")),
    Entry("/mail/preview", marked("Letters"), ("notify GET /samples/{sample}",)),
    Entry("/ops", marked("Operations"), ("* GET /ops/flow",)),
)
"""In this order; the first that a role may open is where it starts."""


def entries(role: Role | None, settings: GatewaySettings) -> tuple[Entry, ...]:
    """Return the main navigation for a role; the demo's mailbox is there where it is set up."""
    if role is None:
        mailbox = (Entry("/mailbox", marked("Mailbox")),) if settings.mailbox_dir else ()
        return (*_PUBLIC, *mailbox)
    if role is Role.LEARNER:
        return _LEARNERS
    return tuple(entry for entry in _STAFF if entry.is_for(role)) or _PUBLIC


def first_page(role: Role) -> str:
    """Return where a role starts after signing in."""
    if role is Role.LEARNER:
        return _LEARNERS[0].path
    return next((entry.path for entry in _STAFF if entry.is_for(role)), "/")
