"""Everything notify holds about one person (C8.1)."""

from services.notify.application.ports import Directory
from services.notify.application.read import held_messages
from shared.event_store import EventStore
from shared.events.base import SubjectId
from shared.held_data import HeldDatum


async def held_by(store: EventStore, directory: Directory, subject: SubjectId) -> list[HeldDatum]:
    """Return the copies of addresses, sealed values of messages, and that messages went out."""
    copies = await directory.held(subject)
    return copies + held_messages(await store.load_subject(subject))
