"""Reading a life: what all services told, and this service's own facts as they stand right now."""

from services.retention.application.publish import publish
from services.retention.domain.life.fold import Happened, fold
from services.retention.domain.life.follow import following, follows
from services.retention.domain.life.life import Life
from services.retention.projections.lives import life_of
from shared.consuming.projections import ReadModel
from shared.event_store import EventStore
from shared.events.base import SubjectId


class LifeReader:
    """Loads lives so that decisions never miss a hold, an order or a destroyed key."""

    def __init__(self, lives: ReadModel, store: EventStore) -> None:
        self._lives = lives
        self._store = store

    async def load(self, subject: str) -> Life | None:
        """Return the life of `subject`, or `None` when nothing is known of the person.

        This service's own facts come back through Kafka a moment later; merging them now is
        harmless, because merging twice is.
        """
        document = await self._lives.get(subject)
        own = await self._store.load_subject(SubjectId(subject))
        if document is None and not own:
            return None
        life = life_of(subject, document)
        for record in own:
            event = publish(record)
            if event is not None:
                fold(life, Happened(event, record.at, record.version))
        return await self._followed(life)

    async def some(self, *, after: str, limit: int) -> list[Life]:
        """Return `limit` lives whose subjects follow `after`, as far as they are projected."""
        documents = await self._lives.find({"_id": {"$gt": after}}, limit=limit)
        lives = (life_of(document["_id"], document) for document in documents)
        return [await self._followed(life) for life in lives]

    async def _followed(self, life: Life) -> Life:
        """Return `life`, with the facts of the account that it was merged into."""
        surviving = follows(life)
        if surviving is None:
            return life
        survivor = await self.load(surviving)
        return life if survivor is None else following(life, survivor)

    async def count(self) -> int:
        """Return how many lives there are."""
        return await self._lives.count()
