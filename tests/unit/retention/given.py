"""Lives told in a few words, for the tests of retention."""

from datetime import UTC, date, datetime
from pathlib import Path

from services.retention.domain.clocks.clock import Clock
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.life.fold import Happened, fold
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import RuleSet
from services.retention.domain.ruleset.parse import parse_rule_set
from shared.events import consent, identity, learning, retention
from shared.events.base import PublicEvent, SubjectId
from shared.events.erasure import KeyScope
from shared.personal import Category, Personal

POLICY = Path(__file__).parents[3] / "services/retention/policy/2025-01-12.yaml"
RULES: RuleSet = parse_rule_set(POLICY.read_text(encoding="utf-8"), POLICY.name)
WHO = SubjectId("learner-1")


def on(text: str) -> datetime:
    """Return an instant in UTC: `2026-03-02` or `2026-03-02T10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Story:
    """Events of one person, with their times and places in their streams."""

    def __init__(self, subject: SubjectId = WHO) -> None:
        self.subject = subject
        self.happened: list[Happened] = []
        self.mail: dict[str, datetime] = {}

    def tell(self, at: str | datetime, event: PublicEvent) -> "Story":
        """Add an event; its sequence is its place in the story."""
        instant = at if isinstance(at, datetime) else on(at)
        self.happened.append(Happened(event, instant, len(self.happened) + 1))
        return self

    def life(self) -> Life:
        """Return the life that the events make."""
        life = Life(self.subject)
        for one in self.happened:
            fold(life, one)
        for message, at in self.mail.items():
            life.merge_held(Scope(Category.MAIL_CONTENT, message), at)
            life.merge_first(f"message/{message}/started", at)
        return life

    def clocks(self, rules: RuleSet = RULES) -> dict[tuple[str, str], Clock]:
        """Return the clocks by rule and object."""
        return {(c.rule_id, c.object): c for c in clocks_of(rules, self.life())}

    def clock(self, rule_id: str, thing: str = "-", rules: RuleSet = RULES) -> Clock:
        """Return one clock."""
        return self.clocks(rules)[rule_id, thing]

    def registers(self, at: str, *, minor: bool = False) -> "Story":
        return self.tell(
            at,
            identity.LearnerRegistered(
                learner_id=self.subject,
                first_name=Personal("Prénom"),
                last_name=Personal("Nom"),
                email=Personal("canari@canary.test"),
                language="fr",
                minor=minor,
            ),
        )

    def confirms(self, at: str) -> "Story":
        return self.tell(at, identity.EmailConfirmed(learner_id=self.subject))

    def signs_in(self, at: str) -> "Story":
        return self.tell(at, identity.LearnerLoggedIn(learner_id=self.subject))

    def closes(self, at: str) -> "Story":
        return self.tell(at, identity.AccountClosed(learner_id=self.subject, reason="learner"))

    def enrols(self, at: str, until: str, enrolment: str = "e1") -> "Story":
        return self.tell(
            at,
            learning.CourseEnrolled(
                learner_id=self.subject,
                enrolment_id=enrolment,
                module_id="m1",
                access_until=date.fromisoformat(until),
            ),
        )

    def answers(self, at: str, enrolment: str = "e1") -> "Story":
        return self.tell(
            at,
            learning.ExerciseAnswered(
                learner_id=self.subject,
                enrolment_id=enrolment,
                module_id="m1",
                exercise_id="x1",
                answer=Personal("réponse"),
                score=Personal(70),
            ),
        )

    def is_certified(self, at: str, enrolment: str = "e1") -> "Story":
        return self.tell(
            at,
            learning.CertificationGranted(
                learner_id=self.subject,
                enrolment_id=enrolment,
                module_id="m1",
                staff_id=SubjectId("staff-1"),
            ),
        )

    def is_invoiced(self, at: str, year_end: str, invoice: str = "F1") -> "Story":
        return self.tell(
            at,
            learning.InvoiceIssued(
                learner_id=self.subject,
                invoice_id=invoice,
                enrolment_id="e1",
                accounting_year_end=date.fromisoformat(year_end),
                billing_name=Personal("Prénom Nom"),
                amount_cents=Personal(12000),
            ),
        )

    def asks_support(self, at: str, request: str = "r1") -> "Story":
        return self.tell(
            at,
            identity.SupportRequestOpened(
                subject_id=self.subject, request_id=request, message=Personal("à l'aide")
            ),
        )

    def is_resolved(self, at: str, request: str = "r1") -> "Story":
        return self.tell(
            at, identity.SupportRequestResolved(subject_id=self.subject, request_id=request)
        )

    def is_reopened(self, at: str, request: str = "r1") -> "Story":
        return self.tell(
            at, identity.SupportRequestReopened(subject_id=self.subject, request_id=request)
        )

    def is_recorded(self, at: str, recording: str = "rec1") -> "Story":
        return self.tell(
            at,
            learning.SessionRecorded(
                learner_id=self.subject,
                recording_id=recording,
                title=Personal("séance"),
                location=Personal("eu/1"),
            ),
        )

    def keeps(self, at: str, recording: str = "rec1") -> "Story":
        return self.tell(
            at, learning.RecordingKept(learner_id=self.subject, recording_id=recording)
        )

    def releases(self, at: str, recording: str = "rec1") -> "Story":
        return self.tell(
            at, learning.RecordingReleased(learner_id=self.subject, recording_id=recording)
        )

    def consents(self, at: str) -> "Story":
        return self.tell(
            at,
            consent.ConsentGranted(
                learner_id=self.subject,
                purpose="newsletter",
                text_version="v1",
                language="fr",
                channel="portal",
            ),
        )

    def withdraws(self, at: str) -> "Story":
        return self.tell(
            at,
            consent.ConsentWithdrawn(
                learner_id=self.subject, purpose="newsletter", channel="unsubscribe_link"
            ),
        )

    def leaves_traces(self, at: str) -> "Story":
        return self.tell(
            at,
            identity.TraceCollected(
                subject_id=self.subject,
                month=at[:7],
                ip_address=Personal("192.0.2.1"),
                browser=Personal("Navigateur"),
            ),
        )

    def gets_mail(self, at: str, message: str = "msg1") -> "Story":
        """A message whose content is kept; no service keeps any, and the rule stands ready."""
        self.mail[message] = on(at)
        return self

    def is_held(
        self,
        at: str,
        until: str,
        *categories: Category,
        hold: str = "h1",
        secret_until: str | None = None,
        scopes: tuple[retention.HeldScope, ...] = (),
    ) -> "Story":
        return self.tell(
            at,
            retention.HoldPlaced(
                hold_id=hold,
                subject_id=self.subject,
                categories=categories,
                scopes=scopes,
                ground="litigation",
                expires_at=on(until),
                disclosed_from=None if secret_until is None else on(secret_until),
            ),
        )

    def hold_is_revised(
        self, at: str, until: str, *scopes: retention.HeldScope, hold: str = "h1"
    ) -> "Story":
        return self.tell(
            at,
            retention.HoldRevised(
                hold_id=hold,
                subject_id=self.subject,
                scopes=scopes,
                expires_at=on(until),
                review_at=None,
            ),
        )

    def hold_is_lifted(self, at: str, hold: str = "h1") -> "Story":
        return self.tell(at, retention.HoldLifted(hold_id=hold, subject_id=self.subject))

    def is_ordered(self, at: str, *scopes: tuple[Category, str], case: str = "c1") -> "Story":
        return self.tell(
            at,
            retention.ErasureOrdered(
                case_id=case,
                subject_id=self.subject,
                scopes=tuple(KeyScope(category=c, object=o) for c, o in scopes),
                mode="deleted",
                reason="term",
                rule_ids=(),
                closes_account=False,
            ),
        )

    def is_disabled(
        self, at: str, category: Category, until: str, thing: str = "-", case: str = "c1"
    ) -> "Story":
        return self.tell(
            at,
            retention.KeyDisabled(
                case_id=case,
                subject_id=self.subject,
                category=category,
                object=thing,
                destroy_at=on(until),
            ),
        )

    def is_enabled(
        self, at: str, category: Category, thing: str = "-", case: str = "c1"
    ) -> "Story":
        return self.tell(
            at,
            retention.KeyEnabled(
                case_id=case, subject_id=self.subject, category=category, object=thing
            ),
        )

    def loses_key(self, at: str, category: Category, thing: str = "-", case: str = "c1") -> "Story":
        return self.tell(
            at,
            retention.KeyDestroyed(
                case_id=case, subject_id=self.subject, category=category, object=thing
            ),
        )

    def is_alarmed(self, at: str, rule_id: str) -> "Story":
        return self.tell(
            at,
            retention.RetentionAlarmRaised(
                alarm_id="a1", kind="missing_anchor", subject_id=self.subject, rule_id=rule_id
            ),
        )

    def alarm_is_settled(self, at: str, rule_id: str) -> "Story":
        return self.tell(
            at, retention.RetentionAlarmSettled(subject_id=self.subject, rule_id=rule_id)
        )

    def has_access_corrected(self, at: str, until: str, enrolment: str = "e1") -> "Story":
        return self.tell(
            at,
            learning.AccessCorrected(
                learner_id=self.subject,
                enrolment_id=enrolment,
                access_until=date.fromisoformat(until),
            ),
        )

    def is_merged(self, at: str, surviving: SubjectId) -> "Story":
        self.tell(at, identity.LearnerMerged(learner_id=self.subject, surviving_id=surviving))
        return self.tell(at, identity.AccountClosed(learner_id=self.subject, reason="merged"))

    def is_appointed(self, at: str) -> "Story":
        return self.tell(
            at,
            identity.StaffAppointed(
                staff_id=self.subject,
                role="trainer",
                name=Personal("Nom"),
                email=Personal("canari@canary.test"),
            ),
        )

    def asks_for_erasure(self, at: str) -> "Story":
        return self.tell(at, retention.ErasureRequested(case_id="c9", subject_id=self.subject))
