"""The file as tables, for who opens it with a spreadsheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.portability.file import Course, Imported, PortabilityFile, Session


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under columns; its name is the file's."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def tables(file: PortabilityFile) -> list[Table]:
    """Return the tables of `file`; one without rows is left out."""
    told = {**file.person.model_dump(), **file.profile.model_dump()}
    found = [
        _table(
            "person", ("field", "value"), ((name, value) for name, value in told.items() if value)
        ),
        _table(
            "messages",
            ("id", "request_id", "sent_at", "title", "message", "files"),
            (
                (one.id, one.request_id, one.sent_at, one.title, one.message, "; ".join(one.files))
                for one in file.messages
            ),
        ),
        _table(
            "choices",
            ("kind", "about", "holds", "decided_at"),
            ((one.kind, one.about, one.holds, one.decided_at) for one in file.choices),
        ),
        *_of_learning(file.brought),
    ]
    return [one for one in found if one.rows]


def _of_learning(brought: Sequence[Imported]) -> Iterable[Table]:
    courses = [(one.source.home_page, one.record) for one in brought]
    taken = [(where, one) for where, one in courses if isinstance(one, Course)]
    attended = [(where, one) for where, one in courses if isinstance(one, Session)]
    yield _table(
        "courses",
        (
            "platform", "id", "module_id", "title_fr", "title_en", "enrolled_at", "access_until",
            "completed_at", "certification", "decided_at", "ended_at",
        ),
        (
            (
                where, one.id, one.module_id, one.title.fr, one.title.en, one.enrolled_at,
                one.access_until, one.completions[0].at if one.completions else None,
                one.decisions[-1].decision if one.decisions else None,
                one.decisions[-1].at if one.decisions else None,
                one.ending.at if one.ending else None,
            )
            for where, one in taken
        ),
    )  # fmt: skip
    yield _table(
        "answers",
        (
            "platform", "course_id", "id", "exercise_id", "question_fr", "question_en", "answer",
            "in_words_fr", "in_words_en", "score", "answered_at",
        ),
        (
            (
                where, course.id, one.id, one.exercise_id, one.question.fr, one.question.en,
                one.answer, one.in_words.fr, one.in_words.en, one.score, one.answered_at,
            )
            for where, course in taken
            for one in course.answers
        ),
    )  # fmt: skip
    yield _table(
        "live-sessions",
        ("platform", "id", "attended_at"),
        ((where, one.id, one.at) for where, one in attended),
    )


def _table(name: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Table:
    return Table(name, columns, [[_cell(cell) for cell in row] for row in rows])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)
