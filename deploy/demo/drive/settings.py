"""The system of a demonstration: fresh, on free ports, under a virtual clock."""

from datetime import timedelta
from pathlib import Path

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from deploy.cli.settings import SystemSettings
from deploy.demo.drive.timeline import DESTRUCTION_DELAY
from shared.engines.ports import free_ports
from shared.topics import SERVICES


class DemoSettings(SystemSettings):
    """Settings given by the demonstration alone: the caller's environment does not reach it."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing but what the constructor is given."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    def service_environment(self) -> dict[str, str]:
        """Return the usual variables, with what lets years pass in minutes."""
        return {
            **super().service_environment(),
            # Hashing a password costs nothing here: what it protects is invented.
            "CARIONEXIQ_ARGON2_TIME_COST": "1",
            "CARIONEXIQ_ARGON2_MEMORY_KIB": "64",
            "CARIONEXIQ_RELAY_SWEEP_SECONDS": "10",
            "CARIONEXIQ_DESTRUCTION_DELAY_HOURS": str(DESTRUCTION_DELAY / timedelta(hours=1)),
            # The demonstration is the proxy: it passes on the invented addresses of learners.
            "CARIONEXIQ_BEHIND_PROXY": "true",
        }


def demo_settings(data_dir: Path) -> DemoSettings:
    """Return the settings of a fresh system whose data lies in `data_dir`, on free ports."""
    names = [*(f"{service}_port" for service in (*SERVICES, "gateway")), "kafka_port"]
    names += ["kafka_controller_port", "mongodb_port", "smtp_port"]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    given: dict[str, object] = {
        "data_dir": data_dir,
        "clock_file": data_dir / "clock",
        "sync_on_commit": False,
        # Months pass in a second: every case is searched for at once.
        "search_seconds": 0,
        **ports,
    }
    return DemoSettings.model_validate(given)
