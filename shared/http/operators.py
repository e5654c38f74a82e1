"""Who may look into a running service, and who may change what it does."""

from typing import Annotated

from fastapi import Depends

from shared.http.auth import Principal, Role, require

Operator = Annotated[
    Principal, Depends(require(Role.SYSTEM, Role.ADMINISTRATOR, Role.SECURITY, Role.DPO))
]
Administrator = Annotated[Principal, Depends(require(Role.SYSTEM, Role.ADMINISTRATOR))]
