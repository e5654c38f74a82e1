"""What people decided, as every process knows it: asked at the point of each use."""

from shared.choices.known import Choices, Verdict
from shared.choices.uses import Consequence, Consequences, Use, consequences_of, token

__all__ = [
    "Choices",
    "Consequence",
    "Consequences",
    "Use",
    "Verdict",
    "consequences_of",
    "token",
]
