"""What every mail says, in both languages, word for word.

After a change that is meant: `pytest tests/unit/notify/test_snapshots.py --snapshot-update`, and
read the difference before it is committed.
"""

from html.parser import HTMLParser
from typing import get_args

import pytest
from syrupy.assertion import SnapshotAssertion

from services.notify.adapters.rendering import Content
from services.notify.adapters.samples import SAMPLES, recipient
from shared.events.notify import MessageKind
from shared.words import Language
from tests.unit.notify.test_letters import LETTERS

EVERY = [(name, language) for name in sorted(SAMPLES) for language in get_args(Language)]
READABLE = 4.5
"""Contrast of text with what is behind it (WCAG 2.2, 1.4.3)."""


def said(name: str, language: Language) -> Content:
    return LETTERS.content(SAMPLES[name].message(), recipient(language))


def test_there_is_a_sample_of_every_kind() -> None:
    assert {sample.kind for sample in SAMPLES.values()} == set(get_args(MessageKind))
    assert all(name.partition(".")[0] == sample.kind for name, sample in SAMPLES.items())


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_mail_says_what_was_agreed(
    name: str, language: Language, snapshot: SnapshotAssertion
) -> None:
    content = said(name, language)
    body = content.mjml.partition("<mj-body")[2]

    assert f"{content.subject}\n\n{content.text}\n{body}" == snapshot


@pytest.mark.parametrize("language", get_args(Language))
def test_a_mail_looks_as_agreed(language: Language, snapshot: SnapshotAssertion) -> None:
    assert said("welcome", language).html.replace("><", ">\n<") == snapshot


class Page(HTMLParser):
    """What a screen reader makes of a mail."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_mail_can_be_listened_to(name: str, language: Language) -> None:
    content, page = said(name, language), Page()
    page.feed(content.html)

    assert page.of("html")[0]["lang"] == language
    assert len(page.of("h1")) == len(page.of("title")) == 1
    label = page.elements[[one.get("role") for _, one in page.elements].index("article")][1]
    assert label["aria-label"] == content.subject
    assert all(table["role"] == "presentation" for table in page.of("table"))
    assert [image for image in page.of("img") if not image.get("alt")] == []
    assert [link for link in page.of("a") if link.get("target") == "_blank"] == []


def test_a_mail_can_be_read() -> None:
    page = Page()
    page.feed(said("welcome", "en").html)
    styles = [
        dict(part.split(":", 1) for part in (attributes["style"] or "").split(";") if ":" in part)
        for _, attributes in page.elements
        if attributes.get("style")
    ]
    coloured = [style for style in styles if "color" in style]

    assert len(coloured) > 2
    for style in coloured:
        behind = style.get("background", "#ffffff")
        assert contrast(style["color"], behind) >= READABLE


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
