"""Settings: a wrong one stops the start with one line that names it."""

from pathlib import Path

import pytest

from shared.settings import ConfigurationError, Settings, load_settings


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CARIONEXIQ_TOPIC_PARTITIONS", "many"),
        ("CARIONEXIQ_NAMESPACE", "Not Allowed"),
        ("CARIONEXIQ_PUBLIC_URL", "carionexiq.com"),
        ("CARIONEXIQ_LOG_LEVEL", "LOUD"),
        ("CARIONEXIQ_RELAY_SWEEP_SECONDS", "0"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(Settings)
    message = str(caught.value)
    assert message.startswith(f"{variable}: ")
    assert "\n" not in message


def test_the_engines_variables_keep_their_usual_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "broker.test:9092")
    monkeypatch.setenv("MONGODB_URI", "mongodb://store.test")
    settings = load_settings(Settings)
    assert settings.kafka_bootstrap_servers == "broker.test:9092"
    assert settings.mongodb_uri == "mongodb://store.test"


def test_a_missing_virtual_clock_names_its_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="CARIONEXIQ_CLOCK_FILE"):
        Settings(clock_file=tmp_path / "none").clock()


@pytest.mark.promise("C10.1")
@pytest.mark.parametrize(
    ("region", "fits"),
    [
        ("eu-west-3", True),
        ("eu-central-1", True),
        ("eu-west-2", False),
        ("eu-central-2", False),
        ("us-east-1", False),
        ("nowhere", False),
    ],
)
def test_keys_are_kept_in_the_european_economic_area_alone(
    monkeypatch: pytest.MonkeyPatch, region: str, *, fits: bool
) -> None:
    monkeypatch.setenv("CARIONEXIQ_KMS_REGION", region)
    load_settings(Settings)
    monkeypatch.setenv("CARIONEXIQ_KEY_PROVIDER", "aws-kms")
    if fits:
        assert load_settings(Settings).kms_region == region
        return
    with pytest.raises(ConfigurationError, match=r"^CARIONEXIQ_KMS_REGION: .*Economic Area"):
        load_settings(Settings)
