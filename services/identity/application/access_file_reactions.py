"""What follows from facts about access files: asked for, put together, told of."""

from typing import Final

from services.identity.application.access_files import AccessFiles
from services.identity.domain.errors import AlreadyResolvedError
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.event_store import Metadata
from shared.events.access_files import AccessPartMade
from shared.events.identity import (
    AccessFileCompleted,
    RightsCaseIdentityConfirmed,
    RightsCaseOpened,
)
from shared.topics import SERVICES, events_topic
from shared.vault import KeyClosedError

FILES: Final = "access-files"


def access_files(files: AccessFiles) -> Reaction:
    """Return the reaction that makes the file of every case of access whose person is known."""

    async def follow(envelope: Envelope) -> None:
        meta = Metadata.caused_by(envelope, FILES)
        match envelope.data:
            case RightsCaseOpened(case_id=case_id) | RightsCaseIdentityConfirmed(case_id=case_id):
                await files.ask_for(case_id, meta)
            case AccessPartMade() as part:
                await files.take(part, meta)
            case AccessFileCompleted(file_id=file_id):
                await _tell(files, file_id, meta)
            case _:
                return

    causes = (RightsCaseOpened, RightsCaseIdentityConfirmed, AccessPartMade, AccessFileCompleted)
    topics = tuple(events_topic(service) for service in SERVICES)
    return Reaction(FILES, topics, dict.fromkeys(causes, follow))


async def _tell(files: AccessFiles, file_id: str, meta: Metadata) -> None:
    try:
        await files.tell(file_id, meta)
    except (AlreadyResolvedError, KeyClosedError):
        # Staff have closed the exchange meanwhile, or there is nobody left to tell.
        return
