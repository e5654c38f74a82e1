"""Watching: facts from all services, looked at by the rules, lead to anomalies (C1.5, C7.4)."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from services.identity.adapters.browsers import kind_of
from services.identity.adapters.failed_sign_ins import FailedSignIns
from services.identity.adapters.geography import Geography
from services.identity.adapters.reading_log import ReadingLog
from services.identity.adapters.session_answers import SessionAnswers
from services.identity.adapters.throttle_store import network_of
from services.identity.application.anomalies import Anomalies
from services.identity.application.sign_in_record import traces_of
from services.identity.domain.anomaly import judge
from services.identity.domain.anomaly.commands import LinkIncident
from services.identity.domain.anomaly.facts import Desk, SignIn
from services.identity.domain.anomaly.readings import PARIS, day_of
from services.identity.domain.anomaly.rules import ManyAnswers, UnrelatedReading, WatchRules
from services.identity.domain.traces.events import TraceTaken
from shared.clock import Clock
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.event_store import EventStore, Metadata, RecordedEvent
from shared.events import identity, learning
from shared.events.archive import ArchivedDataRead
from shared.events.base import SubjectId
from shared.events.reading import AnswersCounted, PersonalDataRead
from shared.events.retention import ErasureOrdered, IncidentOpened
from shared.http.auth import Role
from shared.topics import SERVICES, events_topic

WATCH: Final = "watch"
INCIDENTS: Final = "anomalies-of-incidents"
HISTORY: Final = 60
"""Sign-ins of an account that are looked at, the last of them."""
LOOKS_BACK: Final = timedelta(days=180)
AFTER_MIDNIGHT: Final = timedelta(minutes=10)
"""So long the day before is looked at once more."""
TIED_ROLES: Final = frozenset({"trainer", "counsellor", "support", "billing"})
"""Roles that have to do with some persons and not with others."""


class Watching:
    """Takes facts in, and judges them."""

    def __init__(
        self,
        store: EventStore,
        clock: Clock,
        rules: WatchRules,
        *,
        geography: Geography,
        failures: FailedSignIns,
        readings: ReadingLog,
        answers: SessionAnswers,
        anomalies: Anomalies,
    ) -> None:
        self._store = store
        self._clock = clock
        self._rules = rules
        self._geography = geography
        self._failures = failures
        self._readings = readings
        self._answers = answers
        self._anomalies = anomalies

    def reaction(self) -> Reaction:
        """Return what is taken in from the topics of all services."""
        return Reaction(
            WATCH,
            tuple(events_topic(service) for service in SERVICES),
            {
                identity.TraceCollected: self.signed_in,
                PersonalDataRead: self.read,
                ArchivedDataRead: self.read,
                AnswersCounted: self.answered,
                identity.SupportRequestOpened: self.tie,
                identity.SupportMessageReceived: self.tie,
                identity.ProspectContacted: self.tie,
                learning.CourseEnrolled: self.tie,
                learning.InvoiceIssued: self.tie,
                ErasureOrdered: self.untie,
            },
        )

    async def signed_in(self, envelope: Envelope) -> None:
        """Judge a sign-in against those before it."""
        event = envelope.data
        if not isinstance(event, identity.TraceCollected):
            return
        subject, prefix = event.subject_id, traces_of(event.subject_id)
        streams = await self._store.load_streams(prefix, before=prefix + "~", limit=HISTORY)
        recorded = [record for records in streams.values() for record in records]
        until, since = envelope.time, envelope.time - LOOKS_BACK
        traces = sorted((r for r in recorded if since <= r.at <= until), key=lambda r: r.at)
        history = [one for one in map(self._sign_in, traces) if one is not None]
        if not history or history[-1].at != until:
            # It has been forgotten meanwhile.
            return
        learner = traces[-1].meta.role == Role.LEARNER
        for finding in judge.of_sign_ins(self._rules, subject, history):
            await self._anomalies.of_account(finding, subject, learner=learner)

    async def read(self, envelope: Envelope) -> None:
        """Take in that a member of staff was shown values of a person."""
        event = envelope.data
        if isinstance(event, PersonalDataRead | ArchivedDataRead):
            at = envelope.time
            await self._readings.note(envelope.id, event.reader, event.role, event.subject_id, at)

    async def answered(self, envelope: Envelope) -> None:
        """Judge how much somebody signed in was answered lately, by all services together."""
        event = envelope.data
        if not isinstance(event, AnswersCounted):
            return
        await self._answers.note(envelope.id, event)
        learner, subject = event.role == Role.LEARNER, event.subject_id
        for rule in self._rules.rules:
            if not isinstance(rule.when, ManyAnswers):
                continue
            count = await self._answers.within(event, rule.when.within)
            for finding in judge.of_answers(self._rules, count):
                await self._anomalies.of_account(
                    finding, subject, learner=learner, reader=not learner
                )

    async def tie(self, envelope: Envelope) -> None:
        """Take in that roles have to do with a person."""
        match envelope.data:
            case learning.CourseEnrolled():
                roles: tuple[str, ...] = ("trainer", "counsellor", "billing")
            case learning.InvoiceIssued():
                roles = ("billing",)
            case identity.ProspectContacted():
                roles = ("support", "counsellor")
            case _:
                roles = ("support",)
        await self._readings.tie(envelope.subject, roles, envelope.time)

    async def untie(self, envelope: Envelope) -> None:
        """Forget the ties of an account that is erased."""
        event = envelope.data
        if isinstance(event, ErasureOrdered) and event.closes_account:
            await self._readings.untie(envelope.subject)

    async def run(self) -> Mapping[str, int]:
        """Judge failed sign-ins and the readings of today; return how much was found."""
        done: Counter[str] = Counter(readers=0, anomalies=0)
        now = self._clock.now()
        for finding in judge.of_failures(self._rules, await self._failures.lately(), now):
            done["anomalies"] += await self._anomalies.of_nobody(finding)
        days = {(now - AFTER_MIDNIGHT).astimezone(PARIS).date(), now.astimezone(PARIS).date()}
        for day in sorted(days):
            start = datetime.combine(day, time(), PARIS)
            end = datetime.combine(day + timedelta(days=1), time(), PARIS)
            readers = await self._readings.readers(start, end)
            for reader, role in readers.items():
                done["readers"] += 1
                done["anomalies"] += await self._judge(reader, role, start, min(now, end), end)
        return done

    async def forget_old(self) -> int:
        """Delete what no rule looks at any more; return how many rows that were."""
        gone = [one.forget_old() for one in (self._failures, self._readings, self._answers)]
        return sum([await one for one in gone])

    async def _judge(
        self, reader: str, role: str, start: datetime, now: datetime, end: datetime
    ) -> int:
        related_for = self._related_for() if role in TIED_ROLES else None
        today = await self._readings.readings(reader, role, start, end, related_for)
        if not today:
            return 0
        await self._readings.keep_day(reader, role, day_of(today))
        desk = Desk(
            reader,
            tuple(today),
            own=tuple(await self._readings.normal({"reader": reader}, start.date())),
            peers=tuple(await self._readings.normal({"role": role}, start.date())),
        )
        found = 0
        for finding in judge.of_readings(self._rules, desk, now):
            subject = SubjectId(reader)
            found += await self._anomalies.of_account(finding, subject, learner=False, reader=True)
        return found

    def _related_for(self) -> timedelta | None:
        return next(
            (r.when.related_for for r in self._rules.rules if isinstance(r.when, UnrelatedReading)),
            None,
        )

    def _sign_in(self, record: RecordedEvent) -> SignIn | None:
        trace = record.event
        if not isinstance(trace, TraceTaken) or trace.ip_address.is_erased:
            return None
        address = trace.ip_address.text()
        return SignIn(
            at=record.at,
            network=network_of(address) or address,
            device=kind_of(trace.browser.text("")),
            known=trace.known_device,
            place=self._geography.place(address),
        )


def incidents(anomalies: Anomalies) -> Reaction:
    """Return the reaction by which an anomaly follows the incident that was made of it."""

    async def opened(envelope: Envelope) -> None:
        event = envelope.data
        if isinstance(event, IncidentOpened) and event.anomaly_id is not None:
            meta = Metadata.caused_by(envelope, INCIDENTS)
            await anomalies.act(event.anomaly_id, LinkIncident(event.incident_id), meta)

    return Reaction(INCIDENTS, (events_topic("retention"),), {IncidentOpened: opened})
