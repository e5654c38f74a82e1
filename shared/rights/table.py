"""The table of rights, read from its file and checked as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from shared.personal import Category
from shared.rights.model import ANYBODY, EVERY_SERVICE, Demand, Endpoint, Right
from shared.settings import ConfigurationError
from shared.vault import COMPARTMENTS
from shared.yaml_text import composed, parsed

BREAK_GLASS: Final = "break_glass"
"""Condition under which a role may do, of persons beyond its compartment, what it may within it."""
RIGHTS_FILE: Final = Path(__file__).with_name("rights.yaml")


class RightsError(ConfigurationError):
    """The table of rights is wrong; each line of the message names a line of the file and why."""


class Rights:
    """Who may do what; whatever is not written in it nobody may."""

    def __init__(self, conditions: Mapping[str, str], entries: Iterable[Right]) -> None:
        """Take `entries` as they are; `load_rights` checks them."""
        self.conditions = conditions
        self.entries = tuple(entries)

    @cached_property
    def _by_endpoint(self) -> Mapping[tuple[Endpoint, str], tuple[Right, ...]]:
        found: dict[tuple[Endpoint, str], tuple[Right, ...]] = {}
        for right in self.entries:
            for endpoint in right.endpoints:
                for role in right.roles:
                    found[endpoint, role] = (*found.get((endpoint, role), ()), right)
        return found

    @cached_property
    def _roles(self) -> Mapping[Endpoint, frozenset[str]]:
        found: dict[Endpoint, frozenset[str]] = {}
        for endpoint, role in self._by_endpoint:
            found[endpoint] = found.get(endpoint, frozenset()) | {role}
        return found

    def roles_at(self, endpoint: Endpoint) -> frozenset[str]:
        """Return who may call `endpoint`; nobody where the table does not name it."""
        return self._roles.get(self._named(endpoint), frozenset())

    def rights_at(self, endpoint: Endpoint, role: str) -> tuple[Right, ...]:
        """Return the entries under which `role` may call `endpoint`; none where it may not."""
        return self._by_endpoint.get((self._named(endpoint), role), ())

    def categories_at(self, endpoint: Endpoint, role: str) -> frozenset[Category]:
        """Return the categories that a request of `role` to `endpoint` may open and seal."""
        return frozenset(
            category for right in self.rights_at(endpoint, role) for category in right.categories
        )

    def demand_at(self, endpoint: Endpoint, role: str) -> Demand:
        """Return what the session of `role` has to rest on: of several entries the strictest."""
        rights = self.rights_at(endpoint, role)
        return Demand(
            recent=any(right.recent for right in rights),
            first_factor=bool(rights) and all(right.first_factor for right in rights),
            untrained=bool(rights) and all(right.untrained for right in rights),
        )

    def opened_by_breaking_glass(self, role: str) -> tuple[Category, ...]:
        """Return the categories that `role` may open beyond its compartment, by name."""
        of_glass = [right for right in self.of_role(role) if right.condition == BREAK_GLASS]
        return tuple(sorted({category for right in of_glass for category in right.categories}))

    def of_role(self, role: str) -> tuple[Right, ...]:
        """Return the entries that name `role`, in the table's order."""
        return tuple(right for right in self.entries if role in right.roles)

    def endpoints(self) -> frozenset[Endpoint]:
        """Return every endpoint that the table names."""
        return frozenset(self._roles)

    def _named(self, endpoint: Endpoint) -> Endpoint:
        """Return `endpoint` as the table names it: what every service has is written once."""
        if endpoint in self._roles:
            return endpoint
        return endpoint._replace(service=EVERY_SERVICE)


@cache
def load_rights(file: Path = RIGHTS_FILE) -> Rights:
    """Read and check the table in `file`.

    Raises:
        RightsError: it is malformed, or its entries contradict one another or the compartments.
    """
    source = file.read_text(encoding="utf-8")
    try:
        root: Any = composed(source)
        content = parsed(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise RightsError(f"{file.name}:{line}: this is not YAML") from error
    if not isinstance(content, dict) or set(content) != {"conditions", "rights"}:
        raise RightsError(f"{file.name}:1: `conditions` and `rights` are needed, nothing else")
    conditions = content["conditions"]
    nodes = next(value for key, value in root.value if key.value == "rights").value
    mistakes: list[str] = []
    entries: list[Right] = []
    for number, (node, entry) in enumerate(zip(nodes, content["rights"], strict=True), start=1):
        where = f"{file.name}:{node.start_mark.line + 1}: entry {number}"
        try:
            right = Right.model_validate(entry)
        except ValidationError as error:
            mistakes += [
                f"{file.name}:{_line(node, one['loc'])}: entry {number}:"
                f" {'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg']}"
                for one in error.errors(include_url=False)
            ]
            continue
        mistakes += [f"{where}: {one}" for one in _contradictions(right, entries, conditions)]
        entries.append(right)
    used = {right.condition for right in entries}
    mistakes += [
        f"{file.name}:1: condition {name} is never used"
        for name in conditions
        if name not in used and not mistakes
    ]
    if mistakes:
        raise RightsError("\n".join(mistakes))
    return Rights(conditions, entries)


def _contradictions(
    right: Right, before: Iterable[Right], conditions: Mapping[str, str]
) -> Iterator[str]:
    """Yield what is wrong with an entry beside those before it."""
    if right.condition not in conditions:
        yield f"condition {right.condition} is not explained under `conditions`"
    for endpoint in right.endpoints:
        held = COMPARTMENTS.get(endpoint.service)
        for category in right.categories:
            if held is not None and category not in held:
                yield f"{endpoint.service} holds no key of {category}"
    if right.condition == BREAK_GLASS:
        yield from _beyond(right, before)
    else:
        yield from _repeated(right, [one for one in before if one.condition != BREAK_GLASS])


def _repeated(right: Right, before: Iterable[Right]) -> Iterator[str]:
    """Yield what an earlier entry says already, or says otherwise."""
    for other in before:
        for endpoint in sorted(set(right.endpoints) & set(other.endpoints)):
            if ANYBODY in {*right.roles, *other.roles}:
                yield f"{endpoint} is open to anybody and named twice"
            for role in sorted(set(right.roles) & set(other.roles)):
                twice = set(right.categories) & set(other.categories)
                if twice or not right.categories or not other.categories:
                    yield f"{role} has this right to {endpoint} in an earlier entry"


def _beyond(right: Right, before: Iterable[Right]) -> Iterator[str]:
    """Yield what a break-glass entry would open that the role's compartment excludes."""
    if right.action != "read":
        yield "breaking the glass lets nobody do more than read"
    for endpoint in right.endpoints:
        for role in right.roles:
            within = {
                category
                for one in before
                if endpoint in one.endpoints and role in one.roles and one.condition != BREAK_GLASS
                for category in one.categories
            }
            for category in right.categories:
                if category not in within:
                    yield f"{role} may not read {category} at {endpoint} within the compartment"


def _line(node: yaml.MappingNode, location: tuple[Any, ...]) -> int:
    """Return the line of the field, and of the item in it, that `location` names."""
    line: int = node.start_mark.line + 1
    current: Any = node
    for step in location:
        if isinstance(current, yaml.MappingNode):
            found = [value for key, value in current.value if key.value == step]
        elif isinstance(current, yaml.SequenceNode) and isinstance(step, int):
            found = current.value[step : step + 1]
        else:
            found = []
        if not found:
            return line
        current = found[0]
        line = current.start_mark.line + 1
    return line
