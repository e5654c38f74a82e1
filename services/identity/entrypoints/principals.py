"""Who may call which endpoint of identity."""

from typing import Annotated

from fastapi import Depends

from shared.http.auth import STAFF_ROLES, Principal, Role, require

Learner = Annotated[Principal, Depends(require(Role.LEARNER))]
Anybody = Annotated[Principal, Depends(require(Role.LEARNER, *STAFF_ROLES))]
SupportStaff = Annotated[Principal, Depends(require(Role.SUPPORT))]
SupportOrDpo = Annotated[Principal, Depends(require(Role.SUPPORT, Role.DPO))]
Dpo = Annotated[Principal, Depends(require(Role.DPO))]
Security = Annotated[Principal, Depends(require(Role.SECURITY))]
Administrator = Annotated[Principal, Depends(require(Role.ADMINISTRATOR, Role.SYSTEM))]
