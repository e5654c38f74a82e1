"""Every role at every endpoint and every field of its answer: nothing the role's row does not open.

What each field is stands in `shared/rights/answers.yaml`; a field that is not there fails.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from shared.http.auth import Role
from shared.personal import Category
from shared.rights import RIGHTS_FILE, Endpoint, Rights, load_rights
from shared.topics import SERVICES
from shared.yaml_text import parsed
from tests.unit.docs.documents import DOCS, loaded

TABLE: Final = Path(RIGHTS_FILE).with_name("answers.yaml")
AS_IT_SAYS: Final = "as_it_says"
DECLARED: Final[Mapping[str, Any]] = parsed(TABLE.read_text(encoding="utf-8"))


class Field(NamedTuple):
    """One field of an answer."""

    service: str
    model: str
    name: str


class Answer(NamedTuple):
    """What one endpoint answers."""

    endpoint: Endpoint
    fields: frozenset[Field]
    untyped: bool
    """Whether some of it has no schema."""


def declared(field: Field) -> str | None:
    """Return the category of a field, `impersonal`, or `None` where nobody has said."""
    for service in (field.service, "*"):
        model = DECLARED["answers"].get(service, {}).get(field.model)
        if model is not None:
            category: str | None = model.get("personal", {}).get(field.name)
            known = field.name in model.get("impersonal", [])
            return category or ("impersonal" if known else None)
    return None


@cache
def answers() -> tuple[Answer, ...]:
    """Return the answer of every endpoint, as the OpenAPI documents describe it."""
    found = []
    for service in SERVICES:
        document = loaded(DOCS / "openapi" / f"{service}.yaml")
        schemas = document["components"]["schemas"]
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                fields: set[Field] = set()
                parts = [walk(one, service, schemas, fields) for one in bodies(operation)]
                endpoint = Endpoint(service, method.upper(), path)
                found.append(Answer(endpoint, frozenset(fields), any(parts)))
    return tuple(found)


def bodies(operation: Mapping[str, Any]) -> Iterator[Any]:
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield from (one.get("schema", {}) for one in response.get("content", {}).values())


def walk(
    schema: Mapping[str, Any], service: str, schemas: Mapping[str, Any], fields: set[Field]
) -> bool:
    """Add every field under `schema` to `fields`; return whether part of it has no schema."""
    if "$ref" in schema:
        model = schema["$ref"].rsplit("/", 1)[1]
        properties = schemas[model].get("properties", {})
        fresh = {Field(service, model, name) for name in properties} - fields
        fields |= fresh
        parts = [walk(properties[one.name], service, schemas, fields) for one in fresh]
        return any(parts)
    inner = [one for kind in ("anyOf", "oneOf", "allOf") for one in schema.get(kind, [])]
    inner += [schema["items"]] if "items" in schema else []
    free = [walk(one, service, schemas, fields) for one in inner]
    named = isinstance(schema.get("additionalProperties"), dict)
    return any(free) or not schema or (schema.get("type") == "object" and not named)


def opened(rights: Rights, endpoint: Endpoint) -> frozenset[Category]:
    """Return the categories that requests of any role to `endpoint` may open."""
    roles = rights.roles_at(endpoint)
    return frozenset().union(*(rights.categories_at(endpoint, role) for role in roles))


def told_too_much(rights: Rights) -> list[tuple[str, Endpoint, Field]]:
    """Return every role, endpoint and field of a category that the role's row does not open."""
    return [
        (role, answer.endpoint, field)
        for answer in answers()
        for role in sorted(rights.roles_at(answer.endpoint))
        for field in sorted(answer.fields)
        if (category := declared(field)) not in {None, "impersonal", AS_IT_SAYS}
        and Category(category) not in rights.categories_at(answer.endpoint, role)
        and f"{field.model}.{field.name}" not in DECLARED["withheld"].get(str(answer.endpoint), [])
    ]


@pytest.mark.promise("C4.2", "C4.3", "C6.3", "C7.2")
def test_no_role_is_answered_with_a_field_whose_category_its_row_does_not_open() -> None:
    assert sum(len(answer.fields) for answer in answers()) > 500
    assert told_too_much(load_rights()) == []


@pytest.mark.promise("C4.2")
def test_every_field_of_an_answer_that_can_be_personal_says_what_it_is() -> None:
    rights = load_rights()
    silent = {
        field
        for answer in answers()
        if opened(rights, answer.endpoint)
        for field in answer.fields
        if declared(field) is None
    }
    assert silent == set(), "declare them in shared/rights/answers.yaml"


@pytest.mark.promise("C4.2")
def test_an_answer_without_a_schema_that_can_be_personal_is_listed() -> None:
    rights = load_rights()
    untyped = {str(a.endpoint) for a in answers() if a.untyped and opened(rights, a.endpoint)}
    assert untyped == set(DECLARED["untyped"]), "give a new answer a model"


def test_what_is_declared_exists_once() -> None:
    served = {field for answer in answers() for field in answer.fields}
    names = {(one.model, one.name) for one in served}
    for service, models in DECLARED["answers"].items():
        for model, kinds in models.items():
            personal, plain = kinds.get("personal", {}), kinds.get("impersonal", [])
            assert not set(personal) & set(plain), (service, model)
            assert all(one == AS_IT_SAYS or Category(one) for one in personal.values())
            for name in (*personal, *plain):
                known = (
                    (model, name) in names
                    if service == "*"
                    else (Field(service, model, name) in served)
                )
                assert known, (service, model, name)


@pytest.mark.promise("C6.3", "C4.2")
@pytest.mark.parametrize(
    ("role", "never"),
    [
        (Role.SPEAKER, {"last_name", "email", "telephone", "billing_name", "answer", "score"}),
        (Role.TRAINER, {"billing_name", "amount_cents", "method"}),
        (Role.BILLING, {"answer", "score", "comment", "module_id", "first_name"}),
    ],
)
def test_answers_about_others_have_no_field_that_is_not_the_roles_task(
    role: Role, never: set[str]
) -> None:
    rights = load_rights()
    others = [
        answer
        for answer in answers()
        if any(
            right.condition in {"taught", "live_session", "in_use"}
            for right in rights.rights_at(answer.endpoint, role)
        )
    ]
    assert others
    assert {field.name for answer in others for field in answer.fields} & never == set()


@pytest.mark.promise("C4.2")
def test_a_row_that_opens_less_than_its_answer_shows_is_found() -> None:
    given = load_rights()
    learners = Endpoint("learning", "GET", "/learners")
    entries = [
        right.model_copy(update={"categories": []}) if learners in right.endpoints else right
        for right in given.entries
    ]
    found = told_too_much(Rights(given.conditions, entries))
    assert {(role, one.name) for role, at, one in found if at == learners} == {
        ("trainer", "first_name"),
        ("trainer", "last_name"),
    }
