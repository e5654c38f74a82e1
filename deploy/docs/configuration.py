"""`docs/configuration.md`: every setting of every process, from the classes that read them."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from deploy.cli.settings import SystemSettings
from deploy.docs.described import DescribedService, attribute_docs
from deploy.docs.written import DOCS, ROOT, Documents
from shared.settings import ENV_PREFIX, Settings

INTRODUCTION: Final = """\
# Configuration

<!-- Generated: `python -m deploy.docs`; do not edit. -->

Every setting is an environment variable, read once at the start. A wrong value ends the process
with one line that names the variable. `carionexiq up` reads the settings of the system and gives
each service what it needs, so a service's own settings matter only where it is started alone.
"""

OTHER: Final = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": (
        "",
        "Base address of an OpenTelemetry collector (OTLP over HTTP); without it nothing is sent.",
    ),
}


def document(services: Sequence[DescribedService]) -> Documents:
    """Return the document by its file."""
    gateway: type[Settings] = import_module("services.gateway.settings").GatewaySettings
    sections = [
        INTRODUCTION,
        _section("Every process", Settings, ()),
        _section("The system on one machine (`carionexiq up`)", SystemSettings, Settings),
    ]
    for name, settings in [*((s.name, s.settings) for s in services), ("gateway", gateway)]:
        if settings.model_fields.keys() != Settings.model_fields.keys():
            sections.append(_section(f"Service {name}", settings, Settings))
    rows = [_row(name, default, text) for name, (default, text) in OTHER.items()]
    sections.append(_table("Read by libraries", rows))
    return {DOCS / "configuration.md": "\n".join(sections)}


def variables(settings: type[Settings]) -> dict[str, str]:
    """Return the environment variable of each field of `settings`, by field."""
    return {name: _variable(name, field) for name, field in settings.model_fields.items()}


def _section(title: str, settings: type[Settings], without: type[Settings] | tuple[()]) -> str:
    inherited = without.model_fields if isinstance(without, type) else {}
    docs = attribute_docs(settings)
    rows = [
        _row(variable, _default(settings.model_fields[name]), docs.get(name, ""))
        for name, variable in variables(settings).items()
        if name not in inherited
    ]
    return _table(title, rows)


def _table(title: str, rows: Iterable[str]) -> str:
    return "\n".join(
        [f"## {title}", "", "| variable | default | |", "| --- | --- | --- |", *rows, ""]
    )


def _row(variable: str, default: str, text: str) -> str:
    return f"| `{variable}` | {f'`{default}`' if default else ''} | {text} |"


def _variable(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return alias if isinstance(alias, str) else ENV_PREFIX + name.upper()


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return "(required)"
    if value is None:
        return ""
    if isinstance(value, Path) and value.is_relative_to(ROOT):
        return value.relative_to(ROOT).as_posix()
    return str(value).lower() if isinstance(value, bool) else str(value)
