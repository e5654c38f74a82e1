"""Settings of the learning service."""

from shared.settings import Settings


class LearningSettings(Settings):
    """Settings of the learning service."""

    recording_processor: str = "video-tool"
    """Who keeps recordings that are on another machine, as the register of processors calls it."""
