"""How engines are configured."""

from pathlib import Path

from shared.engines import KafkaEngine, MongoEngine, ServiceProcess


def test_the_document_store_syncs_at_every_commit_only_where_asked(tmp_path: Path) -> None:
    safe = MongoEngine(tmp_path, port=1, sync_on_commit=True)
    quick = MongoEngine(tmp_path, port=1, sync_on_commit=False)
    assert "--sync-on-commit" in safe.command()
    assert "--sync-on-commit" not in quick.command()


def test_every_port_names_the_setting_that_changes_it(tmp_path: Path) -> None:
    kafka = KafkaEngine(tmp_path, port=1, controller_port=2)
    assert kafka.ports == {1: "CARIONEXIQ_KAFKA_PORT", 2: "CARIONEXIQ_KAFKA_CONTROLLER_PORT"}
    service = ServiceProcess("consent", port=3, environment={})
    assert service.ports == {3: "CARIONEXIQ_CONSENT_PORT"}


def test_engines_and_services_listen_on_the_loopback_address_only(tmp_path: Path) -> None:
    for process in (
        MongoEngine(tmp_path, port=1, sync_on_commit=True),
        ServiceProcess("consent", port=3, environment={}),
    ):
        command = list(process.command())
        assert command[command.index("--host") + 1] == "127.0.0.1"


def test_clients_are_sent_to_what_stands_before_the_broker(tmp_path: Path) -> None:
    behind = KafkaEngine(tmp_path, port=1, controller_port=2, advertised_port=3)
    assert "advertised.listeners=PLAINTEXT://127.0.0.1:3\n" in behind._properties()
    alone = KafkaEngine(tmp_path, port=1, controller_port=2)
    assert "advertised.listeners=PLAINTEXT://127.0.0.1:1\n" in alone._properties()
