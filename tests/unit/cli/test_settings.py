"""Which engines are embedded, and what services are told about them."""

from pathlib import Path

import pytest

from deploy.cli.settings import SystemSettings
from deploy.cli.status import durability, lag
from deploy.cli.system import embedded_engines

VARIABLES = ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "CARIONEXIQ_SMTP_HOST")


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def test_all_engines_are_embedded_unless_an_address_is_given(tmp_path: Path) -> None:
    engines = embedded_engines(SystemSettings(data_dir=tmp_path))
    assert [engine.name for engine in engines] == ["kafka", "mongodb", "mailbox"]


@pytest.mark.parametrize(
    ("variable", "value", "left"),
    [
        ("KAFKA_BOOTSTRAP_SERVERS", "broker.test:9092", ["mongodb", "mailbox"]),
        ("MONGODB_URI", "mongodb://store.test", ["kafka", "mailbox"]),
        ("CARIONEXIQ_SMTP_HOST", "mail.test", ["kafka", "mongodb"]),
    ],
)
def test_an_engine_given_by_address_is_used_and_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, left: list[str]
) -> None:
    monkeypatch.setenv(variable, value)
    settings = SystemSettings(data_dir=tmp_path)
    assert [engine.name for engine in embedded_engines(settings)] == left
    assert settings.service_environment()[variable] == value


def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "")
    assert SystemSettings().embeds_mongodb


def test_services_are_told_the_ports_in_use(tmp_path: Path) -> None:
    settings = SystemSettings(data_dir=tmp_path, kafka_port=1111, gateway_port=2222)
    environment = settings.service_environment()
    assert environment["KAFKA_BOOTSTRAP_SERVERS"] == "127.0.0.1:1111"
    assert environment["CARIONEXIQ_PUBLIC_URL"] == "http://127.0.0.1:2222"
    assert environment["CARIONEXIQ_RETENTION_URL"] == "http://127.0.0.1:8104"
    assert environment["CARIONEXIQ_MAILBOX_DIR"] == str(tmp_path / "mailbox")


def test_the_durability_in_force_is_said_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "and a power cut" in durability(SystemSettings())
    assert "not a power cut" in durability(SystemSettings(sync_on_commit=False))
    monkeypatch.setenv("MONGODB_URI", "mongodb://store.test")
    assert "MONGODB_URI" in durability(SystemSettings())


def test_lag_is_what_all_groups_have_still_to_process() -> None:
    partitions = [{"position": 3, "end": 10}, {"position": 5, "end": 5}]
    assert lag({"groups": [{"partitions": partitions}, {"partitions": partitions[:1]}]}) == 14
