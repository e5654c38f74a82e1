"""Invented lives: seeded, varied, as lists of dated public events."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from services.retention.domain.life.fold import Happened
from shared.events import consent, identity, learning, retention
from shared.events.base import PublicEvent, SubjectId
from shared.personal import Personal

BEGIN: Final = datetime(2026, 1, 1, 8, tzinfo=UTC)
TEXT: Final = Personal("…")
"""Stands for every personal value: a simulation needs none."""
ANSWERS_PER_COURSE: Final = 6
KINDS: Final[dict[str, int]] = {
    "returning": 30,
    "leaves": 24,
    "certified": 22,
    "prospect": 12,
    "minor": 5,
    "never_confirmed": 4,
    "asks_for_erasure": 3,
}
"""Kinds of lives with their weights."""


@dataclass(frozen=True, slots=True)
class InventedLife:
    """One person's events in order of time."""

    subject: str
    happened: tuple[Happened, ...]


def invented_lives(numbers: Iterable[int], years: int, seed: int) -> Iterator[InventedLife]:
    """Yield the lives with `numbers`, which begin within the first half of `years`.

    The same number, years and seed always give the same life, whichever others are asked for.
    """
    for number in numbers:
        rng = random.Random(f"{seed}/{number}")  # noqa: S311 - invented lives, not secrets
        yield _Inventor(rng, number, years).invent()


class _Inventor:
    def __init__(self, rng: random.Random, number: int, years: int) -> None:
        self._rng = rng
        self._subject = SubjectId(f"person-{number:07d}")
        self._at = BEGIN + timedelta(days=rng.uniform(0, 365 * max(1, years // 2)))
        self._happened: list[Happened] = []
        self._objects = 0

    def invent(self) -> InventedLife:
        match self._rng.choices(list(KINDS), list(KINDS.values()))[0]:
            case "prospect":
                self._prospect()
            case "minor":
                self._register(minor=True)
            case "never_confirmed":
                self._register(confirmed=False)
            case "asks_for_erasure":
                self._register()
                self._course(certified=False)
                self._wait(1, 400)
                self._tell(retention.ErasureRequested(case_id="request", subject_id=self._subject))
            case "leaves":
                self._register()
                self._course(certified=False)
                if self._rng.random() < 0.5:  # noqa: PLR2004 - half of them
                    self._tell(identity.AccountClosed(learner_id=self._subject, reason="learner"))
            case "certified":
                self._register()
                self._course(certified=True)
                self._support()
            case _:
                self._register()
                for _ in range(self._rng.randint(2, 5)):
                    self._course(certified=self._rng.random() < 0.6)  # noqa: PLR2004 - most
                    self._wait(60, 500)
                self._consents()
        return InventedLife(self._subject, tuple(self._happened))

    def _prospect(self) -> None:
        self._tell(
            identity.ProspectContacted(
                prospect_id=self._subject, name=TEXT, email=TEXT, message=TEXT, language="fr"
            )
        )
        if self._rng.random() < 0.3:  # noqa: PLR2004 - some come back
            self._wait(10, 300)
            self._tell(identity.ProspectInteracted(prospect_id=self._subject))

    def _register(self, *, minor: bool = False, confirmed: bool = True) -> None:
        who = self._subject
        self._tell(
            identity.LearnerRegistered(
                learner_id=who,
                first_name=TEXT,
                last_name=TEXT,
                email=TEXT,
                language="fr",
                minor=minor,
            )
        )
        if minor:
            self._tell(
                identity.GuardianAgreementRequested(learner_id=who, guardian_email=TEXT, token=TEXT)
            )
        if minor or not confirmed:
            return
        self._tell(identity.EmailConfirmed(learner_id=who))
        self._tell(identity.ProfileDescribed(learner_id=who, goals=TEXT))

    def _course(self, *, certified: bool) -> None:
        who, enrolment = self._subject, self._object("e")
        self._sign_in()
        day = self._at.date()
        self._tell(
            learning.CourseEnrolled(
                learner_id=who,
                enrolment_id=enrolment,
                module_id="m1",
                access_until=day + timedelta(days=365),
            )
        )
        self._tell(
            learning.InvoiceIssued(
                learner_id=who,
                invoice_id=self._object("f"),
                enrolment_id=enrolment,
                accounting_year_end=date(day.year, 12, 31),
                billing_name=TEXT,
                amount_cents=Personal(12000),
            )
        )
        for exercise in range(ANSWERS_PER_COURSE):
            self._wait(1, 20)
            self._sign_in()
            self._tell(
                learning.ExerciseAnswered(
                    learner_id=who,
                    enrolment_id=enrolment,
                    module_id="m1",
                    exercise_id=f"x{exercise}",
                    answer=TEXT,
                    score=Personal(70),
                )
            )
        recording = self._object("r")
        self._tell(
            learning.SessionRecorded(
                learner_id=who, recording_id=recording, title=TEXT, location=TEXT
            )
        )
        if self._rng.random() < 0.2:  # noqa: PLR2004 - few keep theirs
            self._tell(learning.RecordingKept(learner_id=who, recording_id=recording))
        if certified:
            self._tell(
                learning.CertificationGranted(
                    learner_id=who,
                    enrolment_id=enrolment,
                    module_id="m1",
                    staff_id=SubjectId("staff-1"),
                )
            )

    def _support(self) -> None:
        request = self._object("s")
        who = self._subject
        self._tell(identity.SupportRequestOpened(learner_id=who, request_id=request, message=TEXT))
        self._wait(1, 10)
        self._tell(identity.SupportRequestResolved(learner_id=who, request_id=request))

    def _consents(self) -> None:
        self._tell(
            consent.ConsentGranted(
                learner_id=self._subject,
                purpose="newsletter",
                text_version="v1",
                language="fr",
                channel="portal",
            )
        )

    def _sign_in(self) -> None:
        who = self._subject
        self._tell(identity.LearnerLoggedIn(learner_id=who))
        self._tell(
            identity.TraceCollected(
                learner_id=who,
                month=f"{self._at:%Y-%m}",
                ip_address=TEXT,
                browser=TEXT,
            )
        )

    def _tell(self, event: PublicEvent) -> None:
        self._at += timedelta(minutes=1)
        self._happened.append(Happened(event, self._at, len(self._happened) + 1))

    def _wait(self, shortest: int, longest: int) -> None:
        self._at += timedelta(days=self._rng.uniform(shortest, longest))

    def _object(self, kind: str) -> str:
        self._objects += 1
        return f"{kind}{self._objects}"
