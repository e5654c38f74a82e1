"""The officer's list of alarms: every kind has a name, and what is about no person a next step."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast, get_args

import pytest

from services.gateway import labels
from services.gateway.navigation import entries
from services.gateway.rendering import render
from services.gateway.settings import GatewaySettings
from services.gateway.wording import Language, wording
from shared.events.retention import RetentionAlarmRaised, SystemAlarmKind
from shared.http.auth import Role

NOW = datetime(2030, 6, 3, 12, 0, tzinfo=UTC)
OF_PERSONS = get_args(RetentionAlarmRaised.model_fields["kind"].annotation)
OF_THE_SYSTEM = get_args(SystemAlarmKind)


def page(language: str, *alarms: dict[str, Any]) -> str:
    settings = GatewaySettings()
    visitor = SimpleNamespace(
        role=Role.DPO, session=None, language=language, words=wording(cast("Language", language))
    )
    return render(
        cast("Language", language),
        "staff/alarms.html",
        {
            "visitor": visitor,
            "nav": entries(Role.DPO, settings),
            "path": "/staff/alarms",
            "here": "/staff/alarms",
            "now": NOW,
            "settings": settings,
            "errors": {},
            "values": {},
            "alarms": SimpleNamespace(data={"items": list(alarms)}, missing=False),
        },
    )


def test_every_alarm_has_a_name_and_what_is_about_no_person_a_next_step() -> None:
    assert {*OF_PERSONS, *OF_THE_SYSTEM} == set(labels.ALARMS)
    assert set(OF_THE_SYSTEM) == set(labels.ALARM_STEPS)


@pytest.mark.promise("C7.5")
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", ("Aucune sauvegarde complète", "prochaine sauvegarde", "attendent une décision")),
        ("en", ("No whole backup", "the next backup", "they wait for a decision")),
    ],
)
def test_alarms_of_the_system_are_listed_with_what_to_do(
    language: str, told: tuple[str, ...]
) -> None:
    kinds = [{"kind": kind, "raised_at": NOW.isoformat(), "open": True} for kind in OF_THE_SYSTEM]
    shown = page(language, *kinds)
    assert [words for words in told if words not in shown] == []
    of_a_person = {
        "kind": "case_lost",
        "subject_id": "learner-12345678",
        "rule_id": None,
        "raised_at": NOW.isoformat(),
    }
    assert "<small>" not in page(language, of_a_person)
