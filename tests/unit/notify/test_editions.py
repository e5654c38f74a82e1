"""A newsletter from its edition says to everybody what a message composed for them says."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.adapters.letters import Letters
from services.notify.adapters.return_path import ReturnPaths
from services.notify.adapters.samples import AT, SAMPLES, recipient
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from services.notify.domain.recipient import Recipient
from shared.events.base import SubjectId
from shared.personal import Personal
from shared.words import Language
from tests.unit.notify.test_letters import PORTAL, TEXTS, part

LETTERS = Letters(
    TEXTS,
    UnsubscribeLinks("a-secret-of-the-tests", PORTAL),
    public_url=PORTAL,
    sender="contact@carionexiq.test",
    returns=ReturnPaths("a-secret-of-the-tests", "return@carionexiq.test"),
)
NEWSLETTER = SAMPLES["newsletter"].message()
LONGEST_LINE = 76


def both(person: Recipient) -> tuple[EmailMessage, EmailMessage]:
    """Return the newsletter to `person` from its edition, and composed for them alone."""
    copied = LETTERS.written(NEWSLETTER, person, AT).content
    assert all(len(line) <= LONGEST_LINE for line in copied.partition(b"\r\n\r\n")[2].splitlines())
    assert b"\n" not in copied.replace(b"\r\n", b"")
    alone = LETTERS.compose(NEWSLETTER, person, AT).as_bytes()
    one, other = (message_from_bytes(raw, policy=default) for raw in (copied, alone))
    assert not [fault for each in one.walk() for fault in each.defects]
    return one, other


def headers(mail: EmailMessage) -> dict[str, str]:
    """Return what `mail` has beside the boundary of its parts."""
    assert len({name.lower() for name in mail.keys()}) == len(mail.keys())  # noqa: SIM118 - may repeat
    return {name.lower(): str(value) for name, value in mail.items() if name != "Content-Type"}


@pytest.mark.promise("C9.2")
@settings(max_examples=25, deadline=None)
@given(
    name=st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=120),
    language=st.sampled_from(["fr", "en"]),
    who=st.integers(1, 10**12),
)
def test_a_copy_says_what_a_message_composed_alone_says(
    name: str, language: Language, who: int
) -> None:
    person = replace(
        recipient(language),
        subject_id=SubjectId(f"person-{who}"),
        email=Personal(f"p{who}@d{who}.example.test"),
        first_name=Personal(name),
    )
    copied, alone = both(person)

    assert headers(copied) == headers(alone)
    for kind in ("plain", "html"):
        assert part(copied, kind).split() == part(alone, kind).split()


def test_an_erased_name_is_left_out_of_a_copy() -> None:
    copied, alone = both(replace(recipient("en"), first_name=None))

    assert part(copied, "plain").splitlines()[0] == "Hello,"
    assert part(copied, "plain") == part(alone, "plain")


def test_a_name_brings_no_markup_along_into_a_copy() -> None:
    copied, _ = both(
        replace(recipient("en"), first_name=Personal("<script>\ue000https://edition.invalid/"))
    )

    assert "<script>" not in part(copied, "html")
    assert "&lt;script&gt;\ue000https://edition.invalid/" in part(copied, "html")


def test_each_copy_has_its_own_link_and_nobody_elses() -> None:
    links = set()
    for number in range(3):
        person = replace(recipient("fr"), subject_id=SubjectId(f"person-{number}"))
        copied, _ = both(person)
        link = copied["List-Unsubscribe"].strip("<>")
        assert part(copied, "html").count(link) == 1
        assert link in part(copied, "plain")
        links.add(link)
    assert len(links) == 3


@pytest.mark.promise("C9.2")
def test_an_issue_is_rendered_once_for_a_language_however_many_get_it() -> None:
    letters = Letters(
        TEXTS, UnsubscribeLinks("s", PORTAL), public_url=PORTAL, sender="contact@carionexiq.test"
    )
    for number in range(20):
        letters.written(NEWSLETTER, replace(recipient("fr"), first_name=Personal(f"N{number}")), AT)
    assert letters.editions_composed == 1


def test_an_address_brings_no_headers_along_into_a_copy() -> None:
    person = replace(recipient("fr"), email=Personal("a@b.test\r\nBcc: c@d.test"))
    with pytest.raises(Exception, match="unwritable"):
        LETTERS.written(NEWSLETTER, person, AT)
