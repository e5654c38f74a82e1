"""JSON schemas of public events, in which a personal field is only ever sealed or erased."""

import types
from collections.abc import Iterable, Mapping
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo
from pydantic.json_schema import models_json_schema

from deploy.docs.described import attribute_docs, promises
from shared.events.base import Event
from shared.personal import Erased, Personal, PersonalField, Sealed, personal_fields

REFERENCE: Final = "#/components/schemas/{model}"
JSON_TYPES: Final = {str: "string", int: "integer", bool: "boolean", float: "number"}


def payload_schemas(events: Iterable[type[Event]]) -> dict[str, dict[str, Any]]:
    """Return the schemas of `events` and of what they refer to, by name.

    Every personal field carries `x-personal-category`, the sibling field that names the person
    (`x-personal-about`) and, where it has one, the sibling that names the object with a term of
    its own (`x-personal-object`).
    """
    models = [(_published(event), "serialization") for event in events]
    _, definitions = models_json_schema(models, ref_template=REFERENCE)  # type: ignore[arg-type]
    schemas: Mapping[str, dict[str, Any]] = definitions["$defs"]
    return {name: _trimmed(schemas[name]) for name in sorted(schemas)}


def _published(event: type[Event]) -> type[BaseModel]:
    """Return a model of what is on the wire: the event with its personal fields as they travel."""
    marks = personal_fields(event)
    docs = attribute_docs(event)
    fields: dict[str, Any] = {}
    for name, field in event.model_fields.items():
        if name in marks:
            fields[name] = _personal(field, marks[name], docs.get(name))
        else:
            described = FieldInfo.merge_field_infos(field, description=docs.get(name))
            fields[name] = (field.annotation, described)
    return create_model(
        event.type_name(),
        __doc__=event.__doc__,
        __config__=ConfigDict(json_schema_extra={"x-promises": [*promises(event.__doc__ or "")]}),
        **fields,
    )


def _personal(field: FieldInfo, mark: PersonalField, doc: str | None) -> tuple[Any, Any]:
    plain, optional = _plain_type(field.annotation)
    extra: JsonDict = {
        "x-personal-category": str(mark.category),
        "x-personal-about": mark.about,
        **({"x-personal-object": mark.object} if mark.object else {}),
        "x-personal-type": plain,
    }
    annotation: Any = Sealed | Erased | None if optional else Sealed | Erased
    default = ... if field.is_required() else None
    return annotation, Field(default, description=doc, json_schema_extra=extra)


def _plain_type(annotation: Any) -> tuple[str, bool]:
    """Return the JSON type inside a `Personal`, and whether the field may be absent."""
    union = get_origin(annotation) in (Union, types.UnionType)
    members = get_args(annotation) if union else (annotation,)
    personal = next(member for member in members if get_origin(member) is Personal)
    (inner,) = get_args(personal)
    return JSON_TYPES.get(inner, str(inner)), type(None) in members


def _trimmed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return `schema` without the titles pydantic makes up, and without empty promises."""
    trimmed = dict(schema)
    trimmed.pop("title", None)
    if not trimmed.get("x-promises", True):
        trimmed.pop("x-promises")
    if "description" in trimmed:
        trimmed["description"] = " ".join(trimmed["description"].split())
    trimmed["properties"] = {
        name: {key: value for key, value in field.items() if key != "title"}
        for name, field in trimmed.get("properties", {}).items()
    }
    if not trimmed["properties"]:
        trimmed.pop("properties")
    return trimmed
