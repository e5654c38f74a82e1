"""The outbox: the commits of a store that are not yet published, in rounds for the relay.

A commit appended by this process is handed over and need not be looked for. All others are found
by their mark: after a start, when shards came here, when too much was handed over, and in sweeps.

Ids grow along a stream, but a commit may become visible after one with a larger id. So a commit is
only taken once its predecessor in the stream is known to be published, or is in the same round.
"""

from collections.abc import Collection as Some
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

from shared.database import Database, Document, decoded
from shared.event_store import COLLECTION, commit_end
from shared.relay.shards import SHARDS

ROUND: Final = 1_000
"""Commits of a round."""
ROUND_BYTES: Final = 16 * 1024 * 1024
HANDED_OVER_BYTES: Final = 4 * 1024 * 1024
"""What is handed over beyond this is let go and found by its mark later."""
STREAMS_REMEMBERED: Final = 10_000


class Outbox:
    """One replica's view of what its service has to publish."""

    def __init__(self, database: Database) -> None:
        self._commits = database.collection(COLLECTION)
        self._raw_commits = database.raw_collection(COLLECTION)
        self._handed_over: list[bytes] = []
        self._handed_over_bytes = 0
        self._looking = True
        self._after: str | None = None
        self._published: dict[str, int] = {}

    @property
    def looks_from_the_start(self) -> bool:
        """Whether the next round is looked for among all marked commits."""
        return self._looking and self._after is None

    @property
    def has_more(self) -> bool:
        """Whether there may be another round."""
        return self._looking or bool(self._handed_over)

    def hand_over(self, commit: bytes) -> None:
        """Take a commit that this process has just appended, as its bytes in the database."""
        self._handed_over.append(commit)
        self._handed_over_bytes += len(commit)
        if self._handed_over_bytes > HANDED_OVER_BYTES or len(self._handed_over) > ROUND:
            self._let_go()
            self.look()

    def look(self) -> None:
        """Look for marked commits at the next round, from the oldest on."""
        self._looking, self._after = True, None

    def forget(self) -> None:
        """Know nothing any more, as when the topic may have lost what it held."""
        self._published.clear()
        self._let_go()
        self.look()

    async def next_round(self, shards: frozenset[int]) -> list[Document]:
        """Return commits that may be published now, streams in order; often fewer than there are.

        Args:
            shards: those whose marked commits are looked for here.

        Raises:
            PyMongoError: the database is away.
        """
        if not self._looking:
            commits = [c for c in _in_order(self._let_go()) if not self._knows(c)]
            ready = await self._ready(commits)
            left = {commit["_id"] for commit in commits} - {commit["_id"] for commit in ready}
            if not any(c["_id"] in left and c["shard"] in shards for c in commits):
                return ready
            self.look()
            if ready:
                return ready
        found = await self._find(shards)
        self._looking = len(found) == ROUND or sum(map(len, found)) >= ROUND_BYTES
        commits = _in_order(found)
        self._after = commits[-1]["_id"] if self._looking else None
        self._let_go_of({commit["_id"] for commit in commits})
        ready = await self._ready(commits)
        if len(ready) < len(commits) and not self._looking:
            self.look()
        return ready

    def published(self, commits: Sequence[Document]) -> None:
        """Note that Kafka has acknowledged `commits`."""
        for commit in commits:
            for stream in _streams(commit):
                end = max(commit_end(commit), self._published.pop(stream, 0))
                if len(self._published) >= STREAMS_REMEMBERED:
                    del self._published[next(iter(self._published))]
                self._published[stream] = end

    async def unmark(self, commits: Sequence[Document]) -> None:
        """Take `commits` out of the outbox.

        Raises:
            PyMongoError: the database is away; they may be published again.
        """
        ids = [commit["_id"] for commit in commits]
        await self._commits.update_many({"_id": {"$in": ids}}, {"$unset": {"outbox": ""}})

    async def mark_all(self) -> int:
        """Put every commit of the store back and return how many there are."""
        result = await self._commits.update_many({}, {"$set": {"outbox": True}})
        self.forget()
        return result.matched_count

    async def count(self) -> int:
        """Return how many commits are not yet published."""
        return await self._commits.count_documents({"outbox": True})

    async def _find(self, shards: frozenset[int]) -> list[bytes]:
        query: Document = {"outbox": True}
        if len(shards) < SHARDS:
            query["shard"] = {"$in": sorted(shards)}
        if self._after is not None:
            query["_id"] = {"$gt": self._after}
        found: list[bytes] = []
        size = 0
        async for document in self._raw_commits.find(query).sort("_id", 1).limit(ROUND):
            found.append(document.raw)
            size += len(document.raw)
            if size >= ROUND_BYTES:
                break
        return found

    async def _ready(self, commits: list[Document]) -> list[Document]:
        """Return `commits` without those that have an unpublished predecessor elsewhere."""
        doubtful = self._streams_with_gaps(commits)
        if not doubtful:
            return commits
        query: dict[str, Any] = {
            "outbox": True,
            "stream": {"$in": sorted(doubtful)},
            "_id": {"$lt": commits[-1]["_id"]},
        }
        taken = {commit["_id"] for commit in commits}
        first_missing: dict[str, int] = {}
        async for earlier in self._commits.find(query, {"stream": 1, "version": 1}):
            for stream in _streams(earlier) if earlier["_id"] not in taken else ():
                version = first_missing.get(stream, earlier["version"])
                first_missing[stream] = min(version, earlier["version"])
        return [
            commit
            for commit in commits
            if all(
                commit["version"] <= first_missing.get(stream, commit["version"])
                for stream in _streams(commit)
            )
        ]

    def _knows(self, commit: Document) -> bool:
        """Whether a commit that was handed over had been found by its mark, and published."""
        end = commit_end(commit)
        return all(self._published.get(stream, 0) >= end for stream in _streams(commit))

    def _streams_with_gaps(self, commits: Sequence[Document]) -> set[str]:
        """Return the streams of which what comes just before is not known to be published."""
        ends: dict[str, int] = {}
        doubtful = set()
        for commit in commits:
            for stream in _streams(commit):
                known = ends.get(stream, self._published.get(stream, 0))
                if commit["version"] > known + 1:
                    doubtful.add(stream)
                ends[stream] = max(known, commit_end(commit))
        return doubtful

    def _let_go_of(self, ids: Some[str]) -> None:
        """Let go of what has been found by its mark as well."""
        for raw in self._let_go():
            if decoded(raw)["_id"] not in ids:
                self.hand_over(raw)

    def _let_go(self) -> list[bytes]:
        handed_over = self._handed_over
        self._handed_over, self._handed_over_bytes = [], 0
        return handed_over


def _streams(commit: Document) -> list[str]:
    """Return the streams that `commit` is of; whom they are about was perhaps not asked for."""
    streams: str | list[str] = commit["stream"]
    return [streams] if isinstance(streams, str) else streams


def _in_order(commits: Sequence[bytes]) -> list[Document]:
    """Return `commits` by their ids, which is the order of every stream."""
    return sorted(map(decoded, commits), key=itemgetter("_id"))
