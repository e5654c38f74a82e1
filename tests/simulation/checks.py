"""The invariants, checked at every write and after every step, against terms of their own.

What must hold is stated in what is stored and published, never in how the product gets there; when
something is due is told by the demonstration's oracle, which shares no code with retention.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from deploy.demo.drive.people import Person
from deploy.demo.oracle.judge import Term
from deploy.demo.oracle.keys import KeyLife
from deploy.demo.oracle.terms import Terms
from shared.personal import Category
from tests.simulation.engine.topics import LoggedRecord
from tests.simulation.engine.world import LARGEST_SKEW, World

Document = Mapping[str, Any]

CLOCKS_DIFFER: Final = 2 * LARGEST_SKEW + timedelta(seconds=2)
ACTS_TAKE: Final = timedelta(minutes=10)
"""How long a request may take, with all its repetitions: so much earlier its effect may be."""
DESTROYED: Final = "destroyed"
CASES: Final = "case-"
GENESIS: Final = "0" * 64
"""What the first entry of the ledger follows."""
CERTIFIED: Final = "CaseCertified"


class ViolatedError(Exception):
    """An invariant does not hold; the message begins with its name."""


class Checker:
    """Watches every write and every record of one world."""

    def __init__(self, world: World, ledger: Path) -> None:
        self._world = world
        self._ledger = ledger
        self._ledger_size = 0
        self._entered: dict[tuple[str, str, str], set[str]] = {}
        self._terms = Terms(())
        self._persons: list[Person] = []
        self._cached: dict[str, Term | None] = {}
        self._sequences: dict[tuple[str, str], set[str]] = {}
        self._last: dict[tuple[str, str], int] = {}
        self._keys: dict[str, Document] = {}
        self._closed: dict[str, str] = {}
        self.gone: list[tuple[KeyLife, datetime, str]] = []
        """Keys that were disabled or destroyed since the last step and are yet to be judged."""
        self.judged = 0
        self.open_cases: dict[str, float] = {}
        """Cases that are not certified, with the moment they were opened."""
        self.certified = 0
        self.violation: ViolatedError | None = None

    def follow(self, persons: Iterable[Person]) -> None:
        """Judge what is about `persons`, as far as their subjects are known by now."""
        self._persons = list(persons)
        self.learn(None)

    def learn(self, person: Person | None) -> None:
        """Take up what has changed about `person`, or about everybody."""
        self._terms = Terms(self._persons)
        subjects = None if person is None else {person.subject, person.prospect_subject}
        for text in list(self._cached):
            if subjects is None or text.split("|")[0] in subjects:
                del self._cached[text]

    def written(
        self, database: str, collection: str, before: Document | None, after: Document | None
    ) -> None:
        """Look at one change of one document."""
        if database.endswith("_vault") and collection == "keys":
            self._material(before, after)
        elif database.endswith("_vault") and collection == "tombstones":
            self._tombstone(before, after)
        elif collection == "commits" and before is None and after is not None:
            self._commit(after)
        elif after is not None and before is not None and "_seen" in before:
            self._fold(collection, before, after)

    def appended(self, record: LoggedRecord) -> None:
        """Look at one record of one topic: events of a stream are first told in their order."""
        headers = dict(record.headers)
        if "ce_stream" not in headers:
            return
        stream = (record.topic, headers["ce_stream"].decode())
        sequence = headers["ce_sequence"].decode()
        told = self._sequences.setdefault(stream, set())
        if sequence not in told:
            told.add(sequence)
            if int(sequence) < self._last.get(stream, 0):
                self._violate("order", f"{stream[1]} tells {sequence} after {self._last[stream]}")
            self._last[stream] = int(sequence)

    def judge(self) -> None:
        """Judge what has gone since the last step.

        Raises:
            ViolatedError: an invariant does not hold.
        """
        self.raise_violation()
        gone, self.gone = self.gone, []
        for key, at, how in gone:
            self._judge(key, at, how)
        self.raise_violation()

    def raise_violation(self) -> None:
        """Raise what was violated at a write.

        Raises:
            ViolatedError: something was.
        """
        if self.violation is not None:
            raise self.violation

    def late(self, sweep: timedelta) -> list[str]:
        """Return what outlives its term by more than `sweep`, and no hold keeps."""
        latest = self._world.now() - sweep - CLOCKS_DIFFER
        return [f"{text} was due {due}" for text, due in self.dues() if due <= latest]

    def dues(self) -> list[tuple[str, datetime]]:
        """Return when each readable key has to go, as far as that is known."""
        found = []
        for text, key in self._keys.items():
            if text in self._closed:
                continue
            term = self._term(text, _key_life(key))
            due = _postponed(term, self._world.now()) if term is not None else None
            if due is not None:
                found.append((text, due))
        return found

    def moments(self) -> list[datetime]:
        """Return when something falls due or holds end."""
        moments = [due for _, due in self.dues()]
        for person in self._persons:
            moments += [hold.ends_at for hold in person.holds.values()]
        return moments

    def _term(self, text: str, key: KeyLife) -> Term | None:
        if text not in self._cached:
            self._cached[text] = self._terms(key)
        return self._cached[text]

    def _material(self, before: Document | None, after: Document | None) -> None:
        """A key has been made, or its material is gone."""
        if after is not None:
            self._keys[after["_id"]] = after
        elif before is not None:
            text = before["_id"]
            self._keys.pop(text)
            if self._closed.get(text) != DESTROYED:
                self._violate("ledger", f"{text} is removed and no tombstone tells of it")

    def _tombstone(self, before: Document | None, after: Document | None) -> None:
        """A scope is closed, for now or for good, or opened again because of a hold."""
        known = before if after is None else after
        if known is None:
            return
        text = str(known["_id"])
        if before is not None and before["state"] == DESTROYED:
            if after is None or after["state"] != DESTROYED:
                self._violate("revived", text)
            return
        if after is None:
            del self._closed[text]
            return
        self._closed[text] = after["state"]
        scope = (str(known["subject"]), str(known["category"]), str(known["object"]))
        # Who destroys closes the scope first, under the same entry.
        if not {after["state"], DESTROYED} & self._entries().get(scope, set()):
            self._violate("ledger", f"{text} is {after['state']} without an entry")
        if (key := self._keys.get(text)) is not None:
            self.gone.append((_key_life(key), self._world.now(), after["state"]))

    def _judge(self, key: KeyLife, at: datetime, how: str) -> None:
        term = self._terms(key)
        if term is None:
            return
        self.judged += 1
        name = f"{key.category}|{key.object} of {key.subject} {how} at {at}"
        if term.minimum is not None and at < term.minimum - CLOCKS_DIFFER:
            self._violate("minimum", f"{name}, not before {term.minimum}")
        for begin, end in term.held:
            if begin <= at < end - CLOCKS_DIFFER:
                self._violate("hold", f"{name}, held from {begin} until {end}")
        due = term.due
        if due is None or at < due - ACTS_TAKE:
            self._violate("early", f"{name}, due {due}")

    def _commit(self, commit: Document) -> None:
        stream = str(commit["stream"])
        if not stream.startswith(CASES) or "#" in stream:
            return
        kinds = {event["type"].rsplit(".", 1)[-1] for event in commit["events"]}
        if commit["version"] == 1:
            self.open_cases[stream] = self._world.loop.time()
        if any(kind.replace("_", "").lower() == CERTIFIED.lower() for kind in kinds):
            self.certified += self.open_cases.pop(stream, None) is not None

    def _fold(self, collection: str, before: Document, after: Document) -> None:
        seen = after.get("_seen", {})
        for stream, sequence in before["_seen"].items():
            if seen.get(stream, 0) < sequence:
                self._violate("fold", f"{collection} forgets {stream} at {sequence}")

    def _entries(self) -> Mapping[tuple[str, str, str], set[str]]:
        """Return what the ledger has entered of each scope."""
        content = self._ledger.read_bytes() if self._ledger.exists() else b""
        if len(content) != self._ledger_size:
            self._ledger_size = len(content)
            self._entered.clear()
            last = GENESIS
            for line in content.splitlines():
                if line.endswith(b"}"):
                    one = json.loads(line)
                    scope = (one["subject"], one["category"], one["object"])
                    self._entered.setdefault(scope, set()).add(one.get("act", DESTROYED))
                    if one["previous"] != last:
                        self._violate("ledger", f"entry {one['sequence']} breaks the chain")
                    last = one["hash"]
        return self._entered

    def _violate(self, name: str, what: str) -> None:
        if self.violation is None:
            self.violation = ViolatedError(f"{name}: {what}")


def _postponed(term: Term, now: datetime) -> datetime | None:
    """Return when it must go once holds are taken into account.

    One may come while the key is only disabled, and makes it readable again; that it was late
    before would have been found then.
    """
    ends = [end for begin, end in term.held if begin <= now]
    return None if term.due is None else max([term.due, *ends])


def _key_life(document: Document) -> KeyLife:
    return KeyLife(
        document["subject"],
        Category(document["category"]),
        document["object"],
        document["created_at"],
        gone_at=None,
        destroyed_at=None,
    )
