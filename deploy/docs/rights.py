"""`docs/rights.md`: who may do what with which data, as the table of rights says."""

from collections.abc import Iterator
from typing import Final

from deploy.docs.written import DOCS, Documents
from shared.http.auth import Role
from shared.personal import Category
from shared.rights import ANYBODY, Right, Rights, load_rights

INTRODUCTION: Final = """\
# Who may do what

<!-- Generated from shared/rights/rights.yaml: `python -m deploy.docs`. -->

The table of rights, [shared/rights/rights.yaml](../shared/rights/rights.yaml), decides at every
endpoint who is let pass, and which categories the vault opens for the request
([0036](decisions/0036-rights-as-one-table.md)). What is not in it nobody may.
"""

READING: Final = """\
`r` is shown, `c` recorded or corrected, `d` decided about, `o` used to operate; `·` is never opened
for the role, whatever the code does.
"""

SESSIONS: Final = """\
## What a session has to rest on

Learners need to be signed in, staff by two factors; the system has no session and is known by its
key. Two words in the column *session* say otherwise
([0038](decisions/0038-strong-authentication.md)):

| | |
| --- | --- |
| `recent` | only who has lately shown who they are (`CARIONEXIQ_STEP_UP_MINUTES`), \
by a second factor or, where there is none, by the password; others confirm it first. |
| `first_factor` | staff pass by their password alone: what it takes to enrol a second factor. |
| `untrained` | staff pass whose yearly training is not in date; everywhere else it suspends them. |
"""

LETTERS: Final = {"read": "r", "change": "c", "decide": "d", "operate": "o"}


def document() -> Documents:
    """Return the document by its file."""
    rights = load_rights()
    roles = [ANYBODY, *Role]
    lines = [INTRODUCTION, "## Categories by role", "", READING, *_matrix(rights, roles), ""]
    lines += ["## Conditions", "", "| | |", "| --- | --- |"]
    lines += [f"| `{name}` | {text} |" for name, text in rights.conditions.items()]
    lines += ["", SESSIONS.rstrip()]
    for role in roles:
        lines += ["", f"## {role}", "", "| action | categories | condition | session | endpoints |"]
        lines.append("| --- | --- | --- | --- | --- |")
        lines += [_row(right) for right in rights.of_role(role)]
    return {DOCS / "rights.md": "\n".join(lines) + "\n"}


def _matrix(rights: Rights, roles: list[str]) -> Iterator[str]:
    yield f"| | {' | '.join(roles)} |"
    yield f"| --- |{' --- |' * len(roles)}"
    for category in Category:
        cells = [_cell(rights.of_role(role), category) for role in roles]
        if any(cell != "·" for cell in cells):
            yield f"| {category} | {' | '.join(cells)} |"


def _cell(entries: tuple[Right, ...], category: Category) -> str:
    actions = {right.action for right in entries if category in right.categories}
    return "".join(letter for action, letter in LETTERS.items() if action in actions) or "·"


def _row(right: Right) -> str:
    categories = " ".join(f"`{category}`" for category in right.categories) or "none"
    endpoints = "<br>".join(f"`{endpoint}`" for endpoint in right.endpoints)
    demands = {
        "recent": right.recent,
        "first_factor": right.first_factor,
        "untrained": right.untrained,
    }
    session = " ".join(f"`{name}`" for name, asked in demands.items() if asked)
    return f"| {right.action} | {categories} | `{right.condition}` | {session} | {endpoints} |"
