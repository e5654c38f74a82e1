"""Settings of the learning service."""

from shared.settings import Settings


class LearningSettings(Settings):
    """The kernel's settings suffice: the catalogue is part of the program."""
