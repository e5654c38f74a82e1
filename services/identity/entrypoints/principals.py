"""Who may call which endpoint of identity."""

from typing import Annotated

from fastapi import Depends, Header

from shared.http.auth import STAFF_ROLES, Principal, Role, require

Learner = Annotated[Principal, Depends(require(Role.LEARNER))]
Anybody = Annotated[Principal, Depends(require(Role.LEARNER, *STAFF_ROLES))]
SupportStaff = Annotated[Principal, Depends(require(Role.SUPPORT))]
SupportOrDpo = Annotated[Principal, Depends(require(Role.SUPPORT, Role.DPO))]
Dpo = Annotated[Principal, Depends(require(Role.DPO))]
Security = Annotated[Principal, Depends(require(Role.SECURITY))]
Administrator = Annotated[Principal, Depends(require(Role.ADMINISTRATOR, Role.SYSTEM))]


def _client_address(x_forwarded_for: Annotated[str, Header()] = "unknown") -> str:
    return x_forwarded_for.split(",")[0].strip()[:100]


ClientAddress = Annotated[str, Depends(_client_address)]
"""Network address of the browser, as the gateway tells it; `unknown` of callers inside."""
