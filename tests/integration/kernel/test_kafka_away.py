"""While Kafka is away commands are carried out; what they lead to is published when it is back."""

from pathlib import Path

import pytest

from deploy.cli.secrets import prepare_secrets
from deploy.cli.system import embedded_engines
from shared.engines import KafkaEngine, Supervisor
from shared.settings import Settings
from tests.engines import embedded_settings
from tests.integration.kernel.conftest import read_topic, run_sample
from tests.waiting import eventually


@pytest.mark.timeout(240)
async def test_commands_go_on_while_kafka_is_away_and_are_published_afterwards(
    tmp_path: Path, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = embedded_settings(tmp_path)
    prepare_secrets(own.secrets_dir)
    engines = embedded_engines(own)
    brokers = [engine for engine in engines if isinstance(engine, KafkaEngine)]
    others = [engine for engine in engines if not isinstance(engine, KafkaEngine)]
    settings = Settings(
        kafka_bootstrap_servers=own.kafka,
        mongodb_uri=own.mongodb,
        namespace=namespace,
        data_dir=tmp_path,
    )
    with Supervisor(tmp_path / "others", [others]):
        broker = Supervisor(tmp_path / "broker", [brokers])
        broker.start()
        async with run_sample(settings, monkeypatch) as sample:
            await sample.register("subject-1")
            await read_topic(settings, "identity.events", 1)
            broker.stop()
            for number in range(2, 30):
                await sample.register(f"subject-{number}")
            ready = await sample.client.get("/health/ready")
            assert ready.status_code == 200
            assert ready.json()["kafka"] is False
            flow = await sample.client.get(
                "/ops/flow", params={"ask_broker": False}, headers=sample.headers()
            )
            assert flow.json()["outbox"] == 28
            with Supervisor(tmp_path / "broker-again", [brokers]):

                async def all_there() -> bool:
                    return (await sample.person("subject-29")).get("logins") == 0

                await eventually(all_there, seconds=120)
                records = await read_topic(settings, "identity.events", 29)
                assert len({dict(record.headers)["ce_id"] for record in records}) == 29
