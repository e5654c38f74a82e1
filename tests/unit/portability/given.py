"""Portability files to test with, of invented people."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from shared.portability import file as f

MADE_AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
SOURCE = f.Source(home_page="https://ailleurs.test", name="account-1")

_words = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs"],
        exclude_characters="\u202a\u202b\u202d\u202e\u2066\u2067\u2068",
    ),
    max_size=30,
)
_ids = st.uuids().map(str)
_instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_wordings = st.builds(f.Wording, fr=_words, en=_words)
_answers = st.builds(
    f.Answer,
    id=_ids,
    exercise_id=st.sampled_from(["best-opening", "total"]),
    kind=st.sampled_from(["choice", "sequencing", "numeric", "other"]),
    question=_wordings,
    answer=_words,
    in_words=_wordings,
    score=st.none() | st.integers(0, 100),
    answered_at=_instants,
)
_courses = st.builds(
    f.Course,
    id=_ids,
    module_id=st.just("budget-request"),
    title=_wordings,
    enrolled_at=_instants,
    access_until=st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    answers=st.lists(_answers, max_size=3).map(tuple),
    completions=st.lists(st.builds(f.Completion, id=_ids, at=_instants), max_size=1).map(tuple),
    decisions=st.lists(
        st.builds(
            f.Decision, id=_ids, decision=st.sampled_from(["granted", "refused"]), at=_instants
        ),
        max_size=2,
    ).map(tuple),
    ending=st.none() | st.builds(f.Ending, id=_ids, at=_instants),
)
records = _courses | st.builds(f.Session, id=_ids, at=_instants)
_sources = st.builds(
    f.Source, home_page=st.sampled_from(["https://a.test", "http://b.test:8000"]), name=_ids
)
_lines = st.none() | _words
files = st.builds(
    f.PortabilityFile,
    source=_sources,
    made_at=_instants,
    person=st.builds(f.Person, first_name=_lines, email=_lines, language=st.sampled_from(["fr"])),
    profile=st.builds(f.Profile, goals=_lines, pace=_lines),
    messages=st.lists(
        st.builds(
            f.Message, id=_ids, request_id=_ids, title=_lines, message=_words, sent_at=_instants
        ),
        max_size=2,
    ).map(tuple),
    choices=st.lists(
        st.builds(
            f.Choice,
            kind=st.just("consent"),
            about=st.just("newsletter"),
            holds=st.booleans(),
            decided_at=_instants,
        ),
        max_size=2,
    ).map(tuple),
    records=st.lists(records, max_size=3).map(tuple),
    imported=st.lists(st.builds(f.Imported, source=_sources, record=records), max_size=2).map(
        tuple
    ),
)
"""Any file whose texts can be read back."""


def answer(text: str = "a,c", kind: str = "choice", score: int | None = 50) -> f.Answer:
    """Return an answer to an exercise."""
    return f.Answer(
        id="answer-1",
        exercise_id="best-opening",
        kind=kind,
        question=f.Wording(fr="Quelle ouverture ?", en="Which opening?"),
        answer=text,
        in_words=f.Wording(fr="La première", en="The first"),
        score=score,
        answered_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
    )


def course(*answers: f.Answer) -> f.Course:
    """Return a course that was completed and certified."""
    at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    return f.Course(
        id="enrolment-1",
        module_id="budget-request",
        title=f.Wording(fr="Demander un budget", en="Asking for a budget"),
        enrolled_at=at,
        access_until=date(2027, 3, 1),
        answers=answers,
        completions=(f.Completion(id="done-1", at=at),),
        decisions=(f.Decision(id="decided-1", decision="granted", at=at),),
        ending=f.Ending(id="ended-1", at=at),
    )


def portability_file(
    *records: f.LearningRecord, goals: str = "Négocier à l'aise"
) -> f.PortabilityFile:
    """Return a file with `records`."""
    return f.PortabilityFile(
        source=SOURCE,
        made_at=MADE_AT,
        person=f.Person(first_name="Zoé", last_name="Éclair", email="zoe@ailleurs.test"),
        profile=f.Profile(goals=goals),
        messages=(),
        choices=(),
        records=records,
        imported=(),
    )
