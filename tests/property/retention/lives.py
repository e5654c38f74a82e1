"""Random lives: valid in themselves, as varied as people are."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from services.retention.domain.life.life import Scope
from shared.events import identity, retention
from shared.events.retention import HeldScope
from shared.personal import Category
from tests.unit.retention.given import Story

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)

instants = st.integers(0, 4 * 366 * 24 * 60).map(lambda m: BEGIN + timedelta(minutes=m))


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Return the story of one learner."""
    begin = draw(instants)
    minor = draw(st.sampled_from([False, False, False, True]))
    story = Story().registers(_text(begin), minor=minor)
    if draw(st.integers(0, 9)):
        story.confirms(_text(begin + timedelta(minutes=5))).signs_in(
            _text(begin + timedelta(minutes=9))
        )
    at = begin + timedelta(minutes=10)
    for number in range(draw(st.integers(0, 6))):
        at += timedelta(minutes=draw(st.integers(1, 500_000)))
        _act(draw, story, at, number)
    return story


def _act(draw: st.DrawFn, story: Story, at: datetime, number: int) -> None:  # noqa: C901 - one branch an act
    text = _text(at)
    thing = f"o{number}"
    match draw(st.integers(0, 11)):
        case 0 | 1:
            story.signs_in(text).leaves_traces(text)
        case 2 | 3:
            story.signs_in(text)
            last_day = (at + timedelta(days=draw(st.integers(2, 800)))).date()
            story.enrols(text, last_day.isoformat(), thing).answers(text, thing)
            story.is_invoiced(text, date(at.year + 1, 12, 31).isoformat(), thing)
            if draw(st.booleans()):
                story.is_certified(_text(at + timedelta(days=20)), thing)
        case 4:
            story.asks_support(text, thing)
            if draw(st.booleans()):
                story.is_resolved(_text(at + timedelta(days=3)), thing)
        case 5:
            story.is_recorded(text, thing)
            if draw(st.booleans()):
                story.keeps(_text(at + timedelta(days=1)), thing)
        case 6:
            story.consents(text)
        case 7:
            story.withdraws(text)
        case 8:
            story.closes(text)
        case 9:
            story.asks_support(text, thing).is_resolved(_text(at + timedelta(hours=1)), thing)
        case _:
            until = _text(at + timedelta(days=draw(st.integers(1, 900))))
            categories = draw(st.sets(st.sampled_from(list(Category)), min_size=1, max_size=4))
            secret = _text(at + timedelta(days=draw(st.integers(1, 900))))
            story.is_held(
                text,
                until,
                *categories,
                hold=thing,
                secret_until=draw(st.sampled_from([None, secret])),
            )
            if draw(st.booleans()):
                later = _text(at + timedelta(days=draw(st.integers(2, 900))))
                fewer = (HeldScope(category=category) for category in sorted(categories)[:1])
                story.hold_is_revised(_text(at + timedelta(days=1)), later, *fewer, hold=thing)


@st.composite
def eventful(draw: st.DrawFn) -> Story:
    """Return a story with whatever else brings an end nearer or puts it off, at any time."""
    story = draw(stories())
    begun = story.happened[0].at
    scopes = sorted(story.life().held)
    hours = draw(st.sampled_from([6, 50_000]))
    for _ in range(draw(st.integers(0, 5))):
        at = begun + timedelta(hours=draw(st.integers(1, hours)))
        _interfere(draw, story, at, draw(st.sampled_from(scopes)))
    return story


def _interfere(draw: st.DrawFn, story: Story, at: datetime, scope: Scope) -> None:  # noqa: C901 - same
    text, thing = _text(at), f"o{draw(st.integers(0, 5))}"
    match draw(st.integers(0, 12)):
        case 0:
            story.asks_for_erasure(text)
        case 1:
            story.releases(text, thing)
        case 2:
            story.keeps(text, thing)
        case 3:
            story.is_reopened(text, thing)
        case 4:
            until = draw(st.sampled_from(["2025-06-30", text[:10]]))
            story.has_access_corrected(text, until, thing)
        case 5:
            story.hold_is_lifted(text, thing)
        case 6:
            story.is_ordered(text, scope)
        case 7:
            story.is_disabled(text, scope.category, "2040-01-01", scope.object)
        case 8:
            story.is_enabled(text, scope.category, scope.object)
        case 9:
            closed = retention.ErasureCertified(
                case_id="c1", subject_id=story.subject, certificate_id="c1"
            )
            story.tell(text, closed)
        case 10:
            story.is_appointed(text)
        case 11:
            until = _text(at + timedelta(days=draw(st.integers(1, 4_000))))
            story.is_held(text, until, *Category, hold=thing)
        case _:
            story.tell(text, identity.ProspectInteracted(prospect_id=story.subject))


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")
