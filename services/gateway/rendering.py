"""Templates, one environment per language, with the portal's components under `ui`."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader

from services.gateway import charts, labels
from services.gateway.services import Json, items
from services.gateway.wording import LANGUAGES, PARIS, Language, shown_in, wording
from shared.ids import new_id

HERE: Final = Path(__file__).parent
TEMPLATES: Final = HERE / "templates"
STATIC: Final = HERE / "static"
PAGE_SIZE: Final = 50


@cache
def static_url(name: str) -> str:
    """Return the address of a static file; it changes with the file, so browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def environment(language: Language) -> Environment:
    """Return the templates as seen in `language`."""
    words = wording(language)
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_translations(words.translations, newstyle=True)  # type: ignore[attr-defined]
    env.filters |= {
        "day": words.day,
        "short_day": words.short_day,
        "moment": words.moment,
        "time_of_day": words.time_of_day,
        "money": words.money,
        "number": words.number,
        "label": lambda code, kind: labels.label(words, kind, code),
        "extract": lambda code, names: names[code],
    }
    ui = SimpleNamespace()
    env.globals |= {
        "ui": ui,
        "language": language,
        "languages": LANGUAGES,
        "static_url": static_url,
        "span": words.span,
        "once": new_id,
        "rows": items,
        "pairs": _pairs,
        "page_count": _page_count,
        "bars": charts.bars,
        "tone_of": labels.tone,
        "phases": charts.phases,
    }
    for file in sorted((TEMPLATES / "components").glob("*.html")):
        module = env.get_template(f"components/{file.name}").module
        vars(ui).update(
            {name: part for name, part in vars(module).items() if not name.startswith("_")}
        )
    return env


def _pairs(options: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(option["id"], option["text"]) for option in options]


def _page_count(data: Json) -> int:
    """Return how many pages a list answer has; an answer that does not say has one."""
    if not isinstance(data, dict):
        return 1
    if "pages" in data:
        return int(data["pages"])
    size = int(data.get("page_size") or data.get("size") or PAGE_SIZE)
    return max(1, -(-int(data.get("total", 0)) // size))


def render(
    language: Language, template: str, context: Mapping[str, Any], zone: ZoneInfo = PARIS
) -> str:
    """Return `template` filled from `context` in `language`, moments by the clock of `zone`."""
    with shown_in(zone):
        return environment(language).get_template(template).render(context)
