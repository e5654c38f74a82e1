"""Rendering a message's content: one template a kind, in both languages, as HTML and plain text.

What a template says becomes MJML for the HTML part and wrapped lines for the plain one, so that
neither can say what the other does not.
"""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

import mrml
from babel.support import NullTranslations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from services.notify.catalogues import MAIL
from services.notify.domain.errors import DeliveryError
from shared.words import Language

FOLDER: Final = Path(__file__).parent.parent / "templates"
WIDTH: Final = 76
_PLAIN: Final = frozenset(map(chr, range(ord(" "), ord("~") + 1))) - {"\\"}


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says."""

    subject: str
    text: str
    mjml: str

    @property
    def html(self) -> str:
        """The HTML that the MJML stands for.

        Raises:
            DeliveryError: it does not parse.
        """
        try:
            return mrml.to_html(self.mjml).content
        except OSError:
            # What does not parse may be personal: the cause would show it.
            raise DeliveryError("unwritable.mjml", permanent=True) from None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a button that leads to a page of the portal."""

    kind: Literal["paragraph", "button"]
    text: str
    path: str | None = None
    """Where a button leads, from the portal's root."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message says in the portal: the same, without what only a mail needs."""

    title: str
    blocks: tuple[Block, ...]


class Templates:
    """The templates of one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._text = _environment(language, "text")
        self._html = _environment(language, "html")
        self._notice = _environment(language, "notice")

    def render(self, kind: str, values: Mapping[str, Any]) -> Content:
        """Return what a message of `kind` says."""
        subject = " ".join(self._block(self._text, kind, "subject", values).split())
        text = self._block(self._text, kind, "body", values)
        footer = self._block(self._text, "footer", "body", values)
        mjml = self._html.get_template("layout.mjml.jinja").render(
            language=self._language,
            subject=subject,
            body=self._block(self._html, kind, "body", values),
            footer=self._block(self._html, "footer", "body", values),
        )
        return Content(subject, f"{text.strip()}\n\n-- \n{footer.strip()}\n", mjml)

    def notice(self, kind: str, values: Mapping[str, Any]) -> Notice:
        """Return what a message of `kind` says, as a notice."""
        title = " ".join(self._block(self._notice, kind, "subject", values).split())
        lines = self._block(self._notice, kind, "body", values).splitlines()
        blocks = (json.loads(line) for line in lines if line.strip())
        return Notice(title, tuple(Block(**block) for block in blocks))

    def _block(
        self, environment: Environment, name: str, block: str, values: Mapping[str, Any]
    ) -> str:
        template = environment.get_template(f"{name}.jinja")
        macros = _macros(environment).make_module(dict(values))
        context = template.new_context({**values, "m": macros})
        return environment.concat(template.blocks[block](context))


def templates() -> Mapping[Language, Templates]:
    """Return the templates of every language."""
    return {language: Templates(language) for language in get_args(Language)}


def _macros(environment: Environment) -> Template:
    return environment.get_template(str(environment.globals["macros"]))


def _environment(language: Language, macros: Literal["html", "text", "notice"]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        extensions=["jinja2.ext.i18n"],
        autoescape=macros == "html",  # noqa: S701 - plain text and blocks are no HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.globals["macros"] = f"{macros}.jinja"
    environment.filters["paragraph"] = _paragraph
    environment.filters["attribute"] = _attribute
    written = MAIL.compiled(language) if language in MAIL.languages else NullTranslations()
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        written, newstyle=True
    )
    return environment


def _attribute(text: str) -> Markup:
    """Return `text` for an attribute in ASCII: mrml writes other characters as Rust does."""
    kept = (one if one in _PLAIN else f"&#{ord(one)};" for one in escape(text))
    return Markup("".join(kept))  # noqa: S704 - escaped in the line before


def _paragraph(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
