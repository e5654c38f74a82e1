"""What every service has beside its own: facts it tells, news it hears, stores it searches."""

from collections.abc import Mapping, Sequence
from typing import Final

from shared.database import MongoClient
from shared.event_store import RecordedEvent
from shared.events.access_files import AccessPartMade
from shared.events.archive import ArchivedDataRead
from shared.events.base import PublicEvent
from shared.events.dead_letters import DeadLetterEvent, DeadLettersOpened
from shared.events.demands import DisclosurePartComposed
from shared.events.erasure import DataErased, StoresSearched
from shared.events.reading import AnswersCounted, PersonalDataRead
from shared.relay.sender import Publish
from shared.searching.places import Collections, Files, Place, Topics
from shared.settings import Settings
from shared.topics import SERVICES, dead_letter_topic, events_topic

EVERYBODYS_EVENTS: Final = (
    DataErased,
    StoresSearched,
    AccessPartMade,
    ArchivedDataRead,
    PersonalDataRead,
    AnswersCounted,
    DeadLettersOpened,
    DisclosurePartComposed,
)
"""What every service tells on its own topic, as it is stored."""

ASKS_CHOICES: Final[Mapping[str, bool]] = {"identity": False, "learning": True, "notify": True}
"""Services that ask what people decided before they use data; whether consents are among it."""

NEWS: Final = (events_topic("identity"), events_topic("retention"))
"""Topics that every process hears: keys that are disabled, sessions that end."""

OTHERS_SEARCHED_BY: Final = {"retention": ("vault", "gateway")}
"""Databases that no service of its own answers for, by the service that searches them too."""


def with_everybodys(publish: Publish) -> Publish:
    """Publish what every service tells, and the service's own facts its own way."""

    def published(record: RecordedEvent) -> PublicEvent | Sequence[PublicEvent] | None:
        if isinstance(record.event, EVERYBODYS_EVENTS):
            return record.event
        if isinstance(record.event, DeadLetterEvent):
            return None
        return publish(record)

    return published


def searched_places(name: str, settings: Settings, client: MongoClient) -> Sequence[Place]:
    """Return the stores that service `name` answers for, beside what it keeps elsewhere itself."""
    others = OTHERS_SEARCHED_BY.get(name, ())
    topics = [events_topic(name), dead_letter_topic(name), *map(dead_letter_topic, others)]
    return (
        *(Collections(client.database(one), one) for one in (name, *others)),
        Topics(settings, topics),
        Files(settings.data_dir / "logs", lambda file: log_owner(file) == name),
    )


def log_owner(file: str) -> str:
    """Return the service that searches the log `file`: its own, else retention."""
    process = file.partition(".")[0]
    return process if process in SERVICES else "retention"
