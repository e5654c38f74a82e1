"""The CSV file of the statistics: every figure a line, what is hidden with its reason."""

import pytest

from services.gateway.pages.staff.statistics import COLUMNS, lines

MODULE = {
    "module_id": "m-1",
    "title": "A module",
    "rows": [
        {
            "scope": "2030-Q1",
            "kind": "cohort",
            "enrolments": 24,
            "hidden": None,
            "distributions": [
                {
                    "about": "exercise:quiz",
                    "title": "Exercise 1",
                    "level": 1,
                    "categories": [{"category": "once", "label": "One try", "enrolments": 14}],
                    "hidden": None,
                },
                {
                    "about": "progress",
                    "title": "Progress",
                    "level": 0,
                    "categories": [],
                    "hidden": "Not shown",
                },
            ],
        },
        {
            "scope": "2030-Q2",
            "kind": "cohort",
            "enrolments": None,
            "hidden": "Not shown",
            "distributions": [],
        },
    ],
}


@pytest.mark.promise("C9.3")
def test_every_figure_is_a_line_and_what_is_hidden_says_why() -> None:
    found = [dict(zip(COLUMNS, one, strict=True)) for one in lines(MODULE)]
    assert [(one["period"], one["about"], one["enrolments"], one["hidden"]) for one in found] == [
        ("2030-Q1", "enrolments", "24", ""),
        ("2030-Q1", "exercise:quiz", "14", ""),
        ("2030-Q1", "progress", "", "Not shown"),
        ("2030-Q2", "enrolments", "", "Not shown"),
    ]
