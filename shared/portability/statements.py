"""Learning records as xAPI 1.0.3 statements, which learning record stores import.

Each has an id that follows from where it was recorded and from the fact itself: exported twice, or
by way of another platform, it is the same statement, and a store keeps it once.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, assert_never
from uuid import UUID, uuid5

from shared.portability.file import Answer, Course, Imported, Session, Source, Wording

XAPI_VERSION: Final = "1.0.3"
NAMESPACE: Final = UUID("5f0d7c0e-5a64-5c52-9d1f-6b1f0a6c8f20")
"""Name space of statements and registrations."""
VERBS: Final = "http://adlnet.gov/expapi/verbs/"
ACTIVITIES: Final = "http://adlnet.gov/expapi/activities/"
Statement = Mapping[str, Any]

SAID: Final[Mapping[str, tuple[str, str]]] = {
    "registered": ("s'est inscrit(e) à", "registered for"),
    "answered": ("a répondu à", "answered"),
    "completed": ("a terminé", "completed"),
    "passed": ("a réussi", "passed"),
    "failed": ("n'a pas réussi", "failed"),
    "exited": ("a quitté", "exited"),
    "attended": ("a assisté à", "attended"),
}
"""The verbs of the ADL that are used, in French and English."""
LIVE_SESSION: Final = Wording(fr="Séance en direct", en="Live session")


def statements(brought: Iterable[Imported]) -> list[Statement]:
    """Return the statements of `brought`, records with where they are from, oldest first."""
    found = [one for each in brought for one in _of(each.source, each.record)]
    return sorted(found, key=lambda one: (one["timestamp"], one["id"]))


def _of(source: Source, record: Course | Session) -> Iterator[Statement]:
    match record:
        case Course():
            yield from _course(source, record)
        case Session():
            where = _activity(source, f"live-sessions/{record.id}", "meeting", LIVE_SESSION)
            yield _statement(source, record.id, "attended", where, record.at)
        case _:
            assert_never(record)


def _course(source: Source, course: Course) -> Iterator[Statement]:
    module = _activity(source, f"modules/{course.module_id}", "course", course.title)
    context = {
        "registration": _uuid(source, course.id),
        "platform": source.home_page,
    }

    def say(fact: str, verb: str, at: datetime, result: Statement | None = None) -> Statement:
        return _statement(source, fact, verb, module, at, context, result)

    yield say(course.id, "registered", course.enrolled_at)
    for answer in course.answers:
        inside = {**context, "contextActivities": {"parent": [module]}}
        exercise = _exercise(source, course, answer)
        result: dict[str, Any] = {"response": _response(answer)}
        if answer.score is not None:
            result["score"] = {
                "scaled": answer.score / 100,
                "raw": answer.score,
                "min": 0,
                "max": 100,
            }
        yield _statement(
            source, answer.id, "answered", exercise, answer.answered_at, inside, result
        )
    for done in course.completions:
        yield say(done.id, "completed", done.at, {"completion": True})
    for decided in course.decisions:
        success = decided.decision == "granted"
        verb = "passed" if success else "failed"
        yield say(decided.id, verb, decided.at, {"success": success})
    if course.ending is not None:
        yield say(course.ending.id, "exited", course.ending.at)


def _statement(
    source: Source,
    fact: str,
    verb: str,
    what: Statement,
    at: datetime,
    context: Statement | None = None,
    result: Statement | None = None,
) -> Statement:
    fr, en = SAID[verb]
    statement: dict[str, Any] = {
        "id": _uuid(source, f"{fact}:{verb}"),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": source.home_page, "name": source.name},
        },
        "verb": {"id": VERBS + verb, "display": {"fr": fr, "en": en}},
        "object": what,
    }
    if result is not None:
        statement["result"] = result
    if context is not None:
        statement["context"] = context
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return {**statement, "timestamp": moment.replace("+00:00", "Z")}


def _activity(source: Source, path: str, kind: str, name: Wording) -> Statement:
    return {
        "objectType": "Activity",
        "id": f"{source.home_page}/{path}",
        "definition": {"type": ACTIVITIES + kind, "name": _map(name)},
    }


def _exercise(source: Source, course: Course, answer: Answer) -> Statement:
    return {
        "objectType": "Activity",
        "id": f"{source.home_page}/modules/{course.module_id}/exercises/{answer.exercise_id}",
        "definition": {
            "type": ACTIVITIES + "cmi.interaction",
            "interactionType": answer.kind,
            "description": _map(answer.question),
        },
    }


def _response(answer: Answer) -> str:
    """Return the answer as xAPI writes it: several choices, or steps, separated by `[,]`."""
    if answer.kind in ("choice", "sequencing"):
        return "[,]".join(answer.answer.split(","))
    return answer.answer


def _map(text: Wording) -> dict[str, str]:
    return {"fr": text.fr, "en": text.en}


def _uuid(source: Source, name: str) -> str:
    return str(uuid5(NAMESPACE, f"{source.home_page} {source.name} {name}"))
