"""What happens by itself about demands: parts come in, persons are told, erasures count."""

from typing import Final

from services.identity.application.demands import Demands
from services.identity.domain.demand.commands import TakePart
from services.identity.domain.demand.events import Part
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.event_store import Metadata
from shared.events.demands import CONTRIBUTORS, DisclosurePartComposed
from shared.events.identity import DemandSecrecyChanged, DisclosureEnded
from shared.events.retention import ErasureOrdered
from shared.topics import events_topic

DEMANDS: Final = "demands"
TOPICS: Final = tuple(events_topic(one) for one in sorted({*CONTRIBUTORS, "retention"}))


def demand_reactions(demands: Demands) -> Reaction:
    """Return the reaction that keeps demands in step with the services and with erasures.

    Telling is tried as soon as something was handed over, or a ban was lifted; where the law
    forbids it still, the schedule does it when the ban ends.
    """

    async def follow(envelope: Envelope) -> None:
        meta = Metadata.caused_by(envelope, DEMANDS)
        match envelope.data:
            case DisclosurePartComposed() as event:
                part = Part(
                    service=event.service,
                    sha256=event.sha256,
                    size=event.size,
                    too_large=event.content is None,
                    disclosed=event.disclosed,
                    withheld=event.withheld,
                )
                await demands.handle(event.subject_id, TakePart(event.disclosure_id, part), meta)
            case (
                DisclosureEnded(reason="delivered", subject_id=demand_id)
                | DemandSecrecyChanged(subject_id=demand_id)
            ):
                await demands.tell(demand_id)
            case ErasureOrdered() as order:
                categories = frozenset(str(scope.category) for scope in order.scopes)
                await demands.erased(order.subject_id, categories, meta)
            case _:
                return

    causes = (DisclosurePartComposed, DisclosureEnded, DemandSecrecyChanged, ErasureOrdered)
    return Reaction(DEMANDS, TOPICS, dict.fromkeys(causes, follow))
