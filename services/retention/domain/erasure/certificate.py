"""The certificate of an erasure: what went, why, who confirmed it; free of personal data."""

from datetime import datetime
from typing import Any

from services.retention.domain.erasure.state import Case
from services.retention.domain.errors import CaseOrderError


def certificate_of(case: Case, at: datetime) -> dict[str, Any]:
    """Return the certificate of a verified case as JSON values.

    Raises:
        CaseOrderError: the case has not been verified.
    """
    plan = case.plan
    if plan is None or case.destroyed_at is None or case.verified_at is None:
        raise CaseOrderError
    # A case from before keys were disabled first.
    disabled_at = case.disabled_at or case.destroyed_at
    return {
        "certificate_id": plan.case_id,
        "case_id": plan.case_id,
        "subject_id": plan.subject_id,
        "reason": plan.reason,
        "mode": plan.mode,
        "rules_version": plan.rules_version,
        "rules": [rule.model_dump(mode="json") for rule in plan.rules],
        "scopes": [scope.model_dump(mode="json") for scope in case.scopes],
        "withheld": [
            scope.model_dump(mode="json")
            for scope in case.withheld
            if scope not in case.undisclosed
        ],
        "acknowledgements": [
            {"service": service, "counts": {str(c): n for c, n in sorted(counts.items())}}
            for service, counts in sorted(case.acknowledged.items())
        ],
        "verification": {
            "rounds": case.round,
            "searches": [
                {"service": service, **report.searched.model_dump(mode="json")}
                for service, report in sorted(case.searches.items())
            ],
        },
        "ledger": [case.destroyed[scope] for scope in case.scopes],
        "planned_at": plan.planned_at.isoformat(),
        "due": plan.due.isoformat(),
        "keys_disabled_at": disabled_at.isoformat(),
        "keys_destroyed_at": case.destroyed_at.isoformat(),
        "verified_at": case.verified_at.isoformat(),
        "issued_at": at.isoformat(),
        "issuer": "carionexiq",
    }
