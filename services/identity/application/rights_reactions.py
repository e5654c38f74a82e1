"""What follows from facts about rights cases: acknowledged, settled, or ended with the person."""

from typing import Final

from services.identity.application.rights_cases import RightsCases
from services.identity.application.support import Support
from services.identity.domain.errors import AlreadyResolvedError
from services.identity.domain.support.commands import ResolveRequest
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.event_store import Metadata
from shared.events.identity import RightsCaseClosed, RightsCaseOpened
from shared.events.retention import ErasureOrdered
from shared.personal import Category
from shared.vault import KeyClosedError

RIGHTS: Final = "rights-cases"
ELSEWHERE: Final = frozenset({"handed_on", "erased"})
"""Outcomes after which the exchange is another one's, or gone."""


def rights_cases(cases: RightsCases, support: Support) -> Reaction:
    """Return the reaction that keeps cases and their exchanges in step.

    In the background, so that no case stays unacknowledged because a process died in between.
    """

    async def follow(envelope: Envelope) -> None:
        meta = Metadata.caused_by(envelope, RIGHTS)
        match envelope.data:
            case RightsCaseOpened(case_id=case_id):
                await _acknowledge(cases, case_id, meta)
            case RightsCaseClosed(case_id=case_id, outcome=outcome) if outcome not in ELSEWHERE:
                if (await cases.case(case_id)).act is None:
                    await support.handle(case_id, ResolveRequest(), meta)
            case ErasureOrdered(scopes=scopes):
                for scope in scopes:
                    if scope.category is Category.SUPPORT:
                        await cases.close(scope.object, "erased", meta.for_step(scope.object))
            case _:
                return

    causes = (RightsCaseOpened, RightsCaseClosed, ErasureOrdered)
    return Reaction(RIGHTS, ("identity.events", "retention.events"), dict.fromkeys(causes, follow))


async def _acknowledge(cases: RightsCases, case_id: str, meta: Metadata) -> None:
    try:
        await cases.acknowledge(case_id, meta)
    except (AlreadyResolvedError, KeyClosedError):
        # Staff were faster than the acknowledgement, or there is nobody left to tell.
        return
