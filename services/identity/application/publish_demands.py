"""From stored facts about official demands to public ones: nobody but the scope names a person."""

from services.identity.domain.demand import events as e
from shared.event_store import RecordedEvent
from shared.events import identity as public
from shared.events.base import PublicEvent


def publish_demands(record: RecordedEvent) -> PublicEvent | None:  # noqa: C901 - one case an event
    """Return the public event that `record` leads to, if it is about a demand."""
    subject = record.subject
    match record.event:
        case e.DemandNoted() as noted:
            return public.DemandRegistered(
                subject_id=subject,
                demand_id=noted.demand_id,
                kind=noted.kind,
                authority=noted.authority,
                article=noted.basis.article,
                received_at=noted.received_at,
                due_at=noted.due_at,
                named=bool(noted.scope.persons or noted.unknown_persons),
                secrecy=noted.bans.secrecy,
                secret_until=noted.bans.until,
                document_name=noted.document_name,
            )
        case e.PointsChecked(demand_id=demand_id, failed=failed):
            return public.DemandChecked(subject_id=subject, demand_id=demand_id, failed=failed)
        case e.ContestBegun() as begun:
            return public.DemandContested(
                subject_id=subject,
                demand_id=begun.demand_id,
                reasons=begun.reasons,
                forum=begun.forum,
                until=begun.until,
            )
        case e.ContestSettled(demand_id=demand_id, result=result):
            return public.DemandContestSettled(
                subject_id=subject, demand_id=demand_id, result=result
            )
        case e.SecrecyChanged(demand_id=demand_id, bans=bans):
            return public.DemandSecrecyChanged(
                subject_id=subject,
                demand_id=demand_id,
                secrecy=bans.secrecy,
                secret_until=bans.until,
            )
        case e.DisclosurePrepared(disclosure_id=disclosure_id, scope=scope):
            return public.DisclosureRequested(
                subject_id=subject, disclosure_id=disclosure_id, scope=scope
            )
        case e.DisclosureAgreed(disclosure_id=disclosure_id, sha256=sha256):
            return public.DisclosureApproved(
                subject_id=subject, disclosure_id=disclosure_id, sha256=sha256
            )
        case e.DisclosureGivenUp(disclosure_id=disclosure_id, reason=reason):
            return public.DisclosureEnded(
                subject_id=subject, disclosure_id=disclosure_id, reason=reason
            )
        case e.DisclosureDelivered(disclosure_id=disclosure_id):
            return public.DisclosureEnded(
                subject_id=subject, disclosure_id=disclosure_id, reason="delivered"
            )
        case e.TermReminded(demand_id=demand_id, stage=stage, due_at=due_at):
            return public.DemandReminded(
                subject_id=subject, demand_id=demand_id, stage=stage, due_at=due_at
            )
        case e.DemandEnded(demand_id=demand_id, outcome=outcome):
            return public.DemandClosed(subject_id=subject, demand_id=demand_id, outcome=outcome)
        case e.PersonsTold(demand_id=demand_id, told=told, unreached=unreached):
            return public.DemandTold(
                subject_id=subject,
                demand_id=demand_id,
                told=len(told),
                unreached=len(unreached),
            )
        case e.PersonTold() as fact:
            return public.DisclosureTold(**dict(fact))
        case _:
            return None
