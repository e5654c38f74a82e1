"""The register of anomalies: noted once, answered, dismissed, or made an incident of."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

from services.identity.adapters.links import Links
from services.identity.domain.anomaly.commands import AnomalyCommand, Notice
from services.identity.domain.anomaly.decide import decide
from services.identity.domain.anomaly.events import AnomalyEvent, AnomalyNoticed, AttackNoticed
from services.identity.domain.anomaly.evolve import evolve
from services.identity.domain.anomaly.facts import Finding
from services.identity.domain.anomaly.readings import PARIS
from services.identity.domain.anomaly.rules import Rule, WatchRules
from services.identity.domain.anomaly.state import NO_ANOMALY, Anomaly
from services.identity.domain.errors import AnomalyNotFoundError
from shared import telemetry
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.incidents import Suspicion
from shared.personal import Personal

STREAM: Final = "anomaly-"
NOBODY: Final = SubjectId("anomalies")
"""An attack is about nobody: its stream has no person."""
EPOCH: Final = datetime.fromisoformat("2020-01-01T00:00:00+00:00")

log = telemetry.logger(__name__)


class Anomalies:
    """Keeps the register."""

    def __init__(self, store: EventStore, rules: WatchRules, notices: Links) -> None:
        self._rules = rules
        self._notices = notices
        self._handler: CommandHandler[AnomalyCommand, Anomaly, AnomalyEvent] = CommandHandler(
            store, initial=NO_ANOMALY, decide=decide, evolve=evolve, grows_long=False
        )

    async def of_account(
        self, finding: Finding, subject: SubjectId, *, learner: bool, reader: bool = False
    ) -> bool:
        """Note what was found about one account; tell whether it is news."""
        rule = self._rule(finding)
        anomaly_id = _id(rule, finding)
        asked = rule.letter and learner
        token = Personal(self._notices.token_of(subject, anomaly_id)) if asked else None
        found = AnomalyNoticed(
            anomaly_id=anomaly_id,
            subject_id=subject,
            holder="learner" if learner else "staff",
            rule=rule.id,
            month=f"{finding.until.astimezone(PARIS):%Y-%m}",
            since=finding.since,
            until=finding.until,
            counts=finding.counts,
            seen=Personal(json.dumps(dict(finding.seen))) if finding.seen else None,
            alarm=rule.alarm,
            token=token,
            suspicion=_suspicion(rule, finding, subject, reader=reader),
        )
        return await self._note(found, subject)

    async def of_nobody(self, finding: Finding) -> bool:
        """Note what was found about nobody in particular; tell whether it is news."""
        rule = self._rule(finding)
        found = AttackNoticed(
            anomaly_id=_id(rule, finding),
            rule=rule.id,
            since=finding.since,
            until=finding.until,
            counts=finding.counts,
            alarm=rule.alarm,
            suspicion=_suspicion(rule, finding, None),
        )
        return await self._note(found, NOBODY)

    async def act(self, anomaly_id: str, command: AnomalyCommand, meta: Metadata) -> Anomaly:
        """Carry out `command` on an anomaly and return what it is then.

        Raises:
            AnomalyNotFoundError: there is no such anomaly.
            AnomalySettledError: it was settled otherwise.
            LinkSpentError: the person has answered otherwise.
        """
        subject = _subject(await self.state(anomaly_id))
        outcome = await self._handler.outcome(
            STREAM + anomaly_id, command, subject=subject, meta=meta
        )
        return outcome.state

    async def state(self, anomaly_id: str) -> Anomaly:
        """Return the anomaly as its stream tells it.

        Raises:
            AnomalyNotFoundError: there is no such anomaly.
        """
        state, _ = await self._handler.state(STREAM + anomaly_id)
        if state.found is None:
            raise AnomalyNotFoundError
        return state

    async def _note(self, found: AnomalyNoticed | AttackNoticed, subject: SubjectId) -> bool:
        commit = await self._handler.handle(
            STREAM + found.anomaly_id,
            Notice(found),
            subject=subject,
            meta=Metadata.system("watch"),
        )
        if news := bool(commit.event_ids):
            telemetry.anomalies.add(1, {"rule": found.rule})
            log.warning("anomaly", rule=found.rule, anomaly=found.anomaly_id)
        return news

    def _rule(self, finding: Finding) -> Rule:
        rule = self._rules.rule(finding.rule)
        if rule is None:
            raise AnomalyNotFoundError
        return rule


def details_of(seen: Personal[str] | None) -> Mapping[str, str]:
    """Return the places and devices of an anomaly; nothing where they were forgotten."""
    text = "" if seen is None else seen.text("")
    return json.loads(text) if text else {}


def _id(rule: Rule, finding: Finding) -> str:
    """Return the id of the anomaly that `finding` is: the same within the rule's `again_after`."""
    span = (finding.until - EPOCH) // rule.again_after
    return sha256(f"{rule.id}|{finding.about}|{span}".encode()).hexdigest()[:32]


def _suspicion(
    rule: Rule, finding: Finding, subject: SubjectId | None, *, reader: bool = False
) -> Suspicion | None:
    if rule.incident is None:
        return None
    return Suspicion(
        **rule.incident.model_dump(include={"by_itself", "natures", "cause", "categories"}),
        since=finding.since,
        until=finding.until,
        reader=subject if reader else None,
        person=None if reader else subject,
    )


def _subject(state: Anomaly) -> SubjectId:
    return state.found.subject_id if isinstance(state.found, AnomalyNoticed) else NOBODY
