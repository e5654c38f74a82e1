"""What facts about support requests have in common, stored and public."""

from typing import Annotated, Any, Final, Literal, get_args

from pydantic import StringConstraints

SupportChannel = Literal["portal", "form", "email", "telephone", "post"]
"""How a message came in, or an answer went out."""
SupportQueue = Literal["support", "privacy"]
"""Who takes care of it: support, or the data protection officer, with priority (C13.4)."""
MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$", max_length=100)]
CHANNELS: Final[tuple[SupportChannel, ...]] = get_args(SupportChannel)
QUEUES: Final[tuple[SupportQueue, ...]] = get_args(SupportQueue)


def about_anybody(data: dict[str, Any]) -> dict[str, Any]:
    """Return version 1, in which only learners had requests, as version 2."""
    same = {name: value for name, value in data.items() if name != "learner_id"}
    return {**same, "subject_id": data["learner_id"]}


def unchanged(data: dict[str, Any]) -> dict[str, Any]:
    """Return data of a version whose fields had to be there and now need not."""
    return data
