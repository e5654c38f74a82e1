"""Identity's part of an access file: account, profile, traces, exchanges and files (C8.1)."""

from base64 import b64encode
from typing import Final, get_args

from services.identity.adapters.support_files import SupportFiles
from services.identity.domain.authenticators.events import AuthenticatorEvent
from services.identity.domain.learner.events import LearnerEvent
from services.identity.domain.prospect.events import ProspectEvent
from services.identity.domain.rights_case.events import RightsCaseEvent
from services.identity.domain.support.events import FileAttached, SupportEvent
from shared.access_files import Contribute, Contribution, PartAttachment, facts_of, values_of
from shared.event_store import EventStore
from shared.events.base import SubjectId
from shared.words import Language

SECRET: Final = (
    "password_hash",
    "token",
    "stop_token",
    "secret",
    "hashes",
    "credential_id",
    "public_key",
)
"""Fields whose presence is told, not their value: it would open the account."""
TOLD: Final = (
    *get_args(LearnerEvent),
    *get_args(AuthenticatorEvent),
    *get_args(ProspectEvent),
    *get_args(SupportEvent),
    *get_args(RightsCaseEvent),
)
"""What is told as having happened; how traces are watched is not, the traces themselves are."""


def contributing(store: EventStore, files: SupportFiles) -> Contribute:
    """Return what tells everything identity holds about a person."""

    async def contribute(subject: SubjectId, _: Language) -> Contribution:
        recorded = await store.load_subject(subject)
        attachments = []
        for record in recorded:
            event = record.event
            if isinstance(event, FileAttached) and not event.name.is_erased:
                content = await files.content(event.file_id)
                if content is not None:
                    attachments.append(
                        PartAttachment(
                            name=event.name.text(),
                            media_type=event.media_type,
                            object=event.request_id,
                            content=b64encode(content),
                        )
                    )
        return Contribution(
            values=values_of("identity", recorded, hidden=SECRET),
            facts=facts_of(recorded, TOLD),
            attachments=tuple(attachments),
        )

    return contribute
