"""Which screens each role is offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.gateway.settings import GatewaySettings
from services.gateway.wording import marked
from shared.http.auth import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the main navigation."""

    path: str
    title: str


ENROLMENT: Final = Entry("/account/security", marked("Sign-in security"))
"""All that staff are offered before they have a second factor."""
_PUBLIC: Final = (
    Entry("/", marked("Home")),
    Entry("/modules", marked("Modules")),
    Entry("/privacy", marked("Privacy policy")),
    Entry("/contact", marked("Contact")),
)
_OPS: Final = Entry("/ops", marked("Operations"))
_INCIDENTS: Final = Entry("/staff/incidents", marked("Incidents"))
_TESTS: Final = Entry("/staff/penetration-tests", marked("Penetration tests"))
_MINORS: Final = Entry("/staff/minors", marked("Minors"))
_STATISTICS: Final = Entry("/staff/statistics", marked("Statistics"))
_BY_ROLE: Final[Mapping[Role, tuple[Entry, ...]]] = {
    Role.LEARNER: (
        Entry("/dashboard", marked("Dashboard")),
        Entry("/modules", marked("Modules")),
        Entry("/my-data", marked("My data")),
        Entry("/consents", marked("Choices")),
        Entry("/invoices", marked("Invoices")),
        Entry("/recordings", marked("Recordings")),
        Entry("/support", marked("Help")),
        Entry("/account", marked("Account")),
    ),
    Role.TRAINER: (
        Entry("/staff/certifications", marked("Certifications")),
        Entry("/staff/learners", marked("Learners")),
        _MINORS,
        _STATISTICS,
    ),
    Role.COUNSELLOR: (_STATISTICS, _MINORS),
    Role.SPEAKER: (_STATISTICS,),
    Role.SUPPORT: (
        Entry("/staff/support", marked("Requests")),
        Entry("/staff/support/new", marked("Note a call or letter")),
        _MINORS,
    ),
    Role.BILLING: (Entry("/staff/invoices", marked("Invoices")),),
    Role.DPO: (
        Entry("/staff/clocks", marked("Clocks")),
        Entry("/staff/support", marked("Requests")),
        Entry("/staff/preview", marked("Preview")),
        Entry("/staff/cases", marked("Cases")),
        Entry("/staff/holds", marked("Holds")),
        Entry("/staff/archive", marked("Archive")),
        Entry("/staff/alarms", marked("Alarms")),
        _INCIDENTS,
        _TESTS,
        Entry("/staff/rules", marked("Rules")),
        Entry("/staff/what-if", marked("What if")),
        _MINORS,
        _OPS,
    ),
    Role.SECURITY: (
        Entry("/staff/anomalies", marked("Anomalies")),
        Entry("/staff/traces", marked("Traces")),
        _INCIDENTS,
        _TESTS,
        _OPS,
    ),
    Role.ADMINISTRATOR: (
        Entry("/staff/team", marked("Team")),
        Entry("/staff/trainings", marked("Yearly training")),
        _STATISTICS,
        _OPS,
    ),
}


def entries(role: Role | None, settings: GatewaySettings) -> tuple[Entry, ...]:
    """Return the main navigation for a role; the demo's mailbox is there where it is set up."""
    offered = _PUBLIC if role is None else _BY_ROLE.get(role, _PUBLIC)
    if settings.mailbox_dir and role is None:
        return (*offered, Entry("/mailbox", marked("Mailbox")))
    return offered


def first_page(role: Role) -> str:
    """Return where a role starts after signing in."""
    return _BY_ROLE[role][0].path if role in _BY_ROLE else "/"
