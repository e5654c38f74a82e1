"""The table of rights as a file: what is wrong is told with line and entry, and stops the start."""

from pathlib import Path

import pytest

from shared.http.auth import Role
from shared.personal import Category
from shared.rights import ANYBODY, Endpoint, RightsError, load_rights
from shared.vault.compartments import ROLE_COMPARTMENTS

GOOD = """\
conditions:
  none: whoever has the role.
rights:
  - roles: [trainer]
    categories: [learning_history]
    action: read
    condition: none
    endpoints:
      - learning GET /histories
  - roles: [billing]
    categories: [payment]
    action: read
    condition: none
    endpoints:
      - learning GET /invoices
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "rights.yaml"
    file.write_text(text)
    return file


def test_what_is_written_may_be_done_and_nothing_else(tmp_path: Path) -> None:
    rights = load_rights(written(tmp_path, GOOD))
    histories = Endpoint("learning", "GET", "/histories")
    assert rights.roles_at(histories) == {Role.TRAINER}
    assert rights.categories_at(histories, "trainer") == {Category.LEARNING_HISTORY}
    assert rights.categories_at(histories, "billing") == frozenset()
    assert rights.roles_at(histories._replace(method="POST")) == frozenset()
    assert rights.roles_at(histories._replace(service="notify")) == frozenset()


def test_what_every_service_has_is_written_once(tmp_path: Path) -> None:
    everywhere = GOOD.replace("learning GET /histories", '"* GET /histories"')
    rights = load_rights(written(tmp_path, everywhere))
    assert rights.roles_at(Endpoint("notify", "GET", "/histories")) == {Role.TRAINER}


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("[trainer]", "[teacher]", r"rights\.yaml:4: entry 1: roles"),
        ("[payment]", "[payments]", r"rights\.yaml:11: entry 2: categories"),
        ("action: read", "action: look", r"rights\.yaml:6: entry 1: action"),
        ("learning GET /invoices", "GET /invoices", r"rights\.yaml:15: entry 2: endpoints.*METHOD"),
        ("[payment]", "[contact]", r"rights\.yaml:10: entry 2: learning holds no key of contact"),
        ("[billing]", "[billing, anybody]", r"rights\.yaml:10: entry 2: roles.*no role is named"),
        ("[billing]", "[billing, billing]", r"rights\.yaml:10: entry 2: roles.*twice"),
        (
            "condition: none",
            "condition: full_moon",
            r"rights\.yaml:4: entry 1: condition full_moon",
        ),
        (
            "whoever has the role.",
            "x\n  other: y",
            r"rights\.yaml:1: condition other is never used",
        ),
        ("    action: read\n", "", r"rights\.yaml:4: entry 1: action: Field required"),
        ("[trainer]", "[trainer", r"rights\.yaml:\d+: this is not YAML"),
        ("conditions:", "condition:", r"rights\.yaml:1: `conditions` and `rights` are needed"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_entry(
    tmp_path: Path, was: str, now: str, told: str
) -> None:
    assert was in GOOD
    with pytest.raises(RightsError, match=told):
        load_rights(written(tmp_path, GOOD.replace(was, now, 1)))


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("[billing]", "[trainer]", "entry 2: trainer has this right"),
        ("[billing]", "[anybody]", "entry 2: .* open to anybody and named twice"),
    ],
)
def test_entries_may_not_contradict_one_another(
    tmp_path: Path, was: str, now: str, told: str
) -> None:
    twice = GOOD.replace("/invoices", "/histories").replace("[payment]", "[learning_history]")
    with pytest.raises(RightsError, match=told):
        load_rights(written(tmp_path, twice.replace(was, now, 1)))


BEYOND = (
    GOOD.replace("has the role.", "has the role.\n  break_glass: beyond the compartment.")
    + """\
  - roles: [trainer]
    categories: [learning_history]
    action: read
    condition: break_glass
    endpoints:
      - learning GET /histories
"""
)


@pytest.mark.promise("C4.2", "C6.3")
@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("[learning_history]", "[payment]", "trainer may not read payment at .* within"),
        ("[trainer]", "[billing]", "billing may not read learning_history at .* within"),
        ("/histories", "/invoices", "trainer may not read learning_history at .* within"),
        ("action: read", "action: change", "breaking the glass lets nobody do more than read"),
    ],
)
def test_breaking_the_glass_never_opens_what_the_compartment_excludes(
    tmp_path: Path, was: str, now: str, told: str
) -> None:
    rights = load_rights(written(tmp_path, BEYOND))
    assert rights.opened_by_breaking_glass("trainer") == (Category.LEARNING_HISTORY,)
    assert rights.opened_by_breaking_glass("billing") == ()
    before, entry = BEYOND.rsplit("  - roles", 1)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(f"{before}  - roles{entry.replace(was, now, 1)}")
    with pytest.raises(RightsError, match=told):
        load_rights(wrong)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace("[trainer]", "[teacher]").replace("[payment]", "[payments]")
    with pytest.raises(RightsError) as raised:
        load_rights(written(tmp_path, wrong))
    assert len(str(raised.value).splitlines()) == 2


def test_a_process_for_one_role_has_the_keys_that_the_table_gives_the_role() -> None:
    for role, held in ROLE_COMPARTMENTS.items():
        of_people = {
            category
            for right in load_rights().of_role(role)
            for category in right.categories
            if any(endpoint.service == "learning" for endpoint in right.endpoints)
        }
        assert of_people == held


def test_learners_have_their_own_data_alone_and_anybody_what_was_proved() -> None:
    rights = load_rights()
    assert {r.condition for r in rights.of_role("learner")} == {"own", "statistics"}
    assert {r.condition for r in rights.of_role(ANYBODY) if r.categories} == {"proof"}
