"""Records that are no events of ours, each in a way of its own, drawn from a seed."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from shared.consuming.envelope import encode
from shared.event_store import RecordedEvent
from shared.events.base import SubjectId
from shared.events.identity import LearnerLoggedIn, LearnerRegistered
from shared.personal import Category, Personal, Sealed
from tests.integration.kernel.conftest import META

AT: Final = datetime(2030, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Outgoing:
    """A record before it is sent."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = field(default=())

    def having(self, name: str, value: bytes | None) -> "Outgoing":
        """Return the record with another value of header `name`."""
        return replace(self, headers=tuple((n, value if n == name else v) for n, v in self.headers))

    def telling(self, **fields: object) -> "Outgoing":
        """Return the record with other `fields` in its data."""
        return replace(self, value=json.dumps(json.loads(self.value or b"{}") | fields).encode())


def _outgoing(event: LearnerRegistered | LearnerLoggedIn, sequence: int) -> Outgoing:
    subject = event.learner_id
    recorded = RecordedEvent(
        id=f"{subject}-{sequence}",
        stream=f"learner-{subject}",
        version=sequence,
        subject=subject,
        at=AT,
        event=event,
        meta=META,
    )
    key, value, headers = encode("identity", recorded, event, None)
    return Outgoing(key, value, tuple(headers))


def registration(subject: str) -> Outgoing:
    """Return the first event of `subject`."""

    def sealed(category: Category, name: str) -> Personal[str]:
        return Personal(Sealed(subject=subject, category=category, field=name, box="Ym94"))

    return _outgoing(
        LearnerRegistered(
            learner_id=SubjectId(subject),
            first_name=sealed(Category.CIVIL_IDENTITY, "first_name"),
            last_name=sealed(Category.CIVIL_IDENTITY, "last_name"),
            email=sealed(Category.CONTACT, "email"),
            language="fr",
            minor=False,
        ),
        1,
    )


def login(subject: str, sequence: int) -> Outgoing:
    """Return a later event of `subject`."""
    return _outgoing(LearnerLoggedIn(learner_id=SubjectId(subject)), sequence)


def unknown(subject: str) -> Outgoing:
    """Return an event of a type that this release does not know."""
    return login(subject, 1).having("ce_type", b"com.carionexiq.FromTheFuture.v1")


Defect = Callable[[random.Random, Outgoing], Outgoing]


def _truncated(rng: random.Random, good: Outgoing) -> Outgoing:
    value = good.value or b""
    return replace(good, value=value[: rng.randrange(len(value))])


def _without_header(rng: random.Random, good: Outgoing) -> Outgoing:
    needed = ("ce_id", "ce_type", "ce_source", "ce_subject", "ce_stream", "ce_sequence", "ce_time")
    missing = rng.choice(needed)
    return replace(good, headers=tuple(pair for pair in good.headers if pair[0] != missing))


def _sealed_for_another(rng: random.Random, good: Outgoing) -> Outgoing:
    name = json.loads(good.value or b"")["first_name"]
    return good.telling(first_name=name | {"subject": f"victim-{rng.randrange(9)}"})


DEFECTS: Final[dict[str, Defect]] = {
    "no value": lambda _, good: replace(good, value=None),
    "no headers": lambda _, good: replace(good, headers=()),
    "a null header": lambda rng, good: good.having(
        rng.choice(["ce_id", "ce_type", "ce_time", "ce_correlationid"]), None
    ),
    "a missing header": _without_header,
    "an attribute twice": lambda rng, good: replace(
        good, headers=(*good.headers, ("ce_id", rng.randbytes(4).hex().encode()))
    ),
    "truncated": _truncated,
    "noise": lambda rng, good: replace(good, value=rng.randbytes(rng.randrange(1, 2000))),
    "invalid UTF-8": lambda _, good: replace(good, value=b'{"learner_id": "\xff\xfe"}'),
    "a header of invalid UTF-8": lambda _, good: good.having("ce_id", b"\xff\xfe"),
    "deep": lambda rng, good: replace(good, value=b"[" * rng.randrange(200, 20_000)),
    "deep and whole": lambda _, good: replace(
        good, value=b'{"learner_id":' + b"[" * 5000 + b"]" * 5000 + b"}"
    ),
    "not a number": lambda _, good: good.telling(minor=float("nan")),
    "infinite": lambda _, good: good.telling(language=float("inf")),
    "a huge number": lambda _, good: good.telling(minor=10**400),
    "another type": lambda _, good: good.telling(learner_id={"a": [1]}),
    "a bad date": lambda rng, good: good.having(
        "ce_time",
        rng.choice([b"", b"tomorrow", b"2030-02-30T00:00:00+00:00", b"2030-03-01T00:00:00"]),
    ),
    "a date without UTC": lambda _, good: good.having("ce_time", b"0001-01-01T00:00:00+14:00"),
    "a huge sequence": lambda _, good: good.having("ce_sequence", str(10**30).encode()),
    "a sequence of many digits": lambda _, good: good.having("ce_sequence", b"9" * 5000),
    "a negative sequence": lambda _, good: good.having("ce_sequence", b"-1"),
    "a NUL in the stream": lambda _, good: good.having("ce_stream", b"learner\x00"),
    "an endless id": lambda _, good: good.having("ce_id", b"x" * 10_000),
    "no key": lambda _, good: replace(good, key=None),
    "another's key": lambda rng, good: replace(good, key=rng.randbytes(8).hex().encode()),
    "a forged source": lambda rng, good: good.having(
        "ce_source", rng.choice([b"/services/learning", b"/services/evil", b"identity"])
    ),
    "sealed for another": _sealed_for_another,
    "a newer version": lambda _, good: good.having(
        "ce_type", b"com.carionexiq.LearnerRegistered.v2"
    ),
    "a foreign type": lambda _, good: good.having("ce_type", b"org.example.Thing.v1"),
}


def malformed(rng: random.Random, subjects: list[str], count: int) -> Iterator[Outgoing]:
    """Yield `count` records with a defect each, every defect about as often."""
    defects = list(DEFECTS.values())
    for number in range(count):
        yield defects[number % len(defects)](rng, registration(rng.choice(subjects)))
