"""The subject id of a state in which nothing has happened yet."""

from typing import Final

from shared.events.base import SubjectId

NOBODY: Final = SubjectId("")
