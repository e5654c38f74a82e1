"""Who listens for notices: a bounded number of streams, each with one thing pending at most."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from services.gateway.sessions import Session


class TooManyStreamsError(Exception):
    """The session, or everybody together, has as many streams open as there may be."""


class Stream:
    """One open stream, with a queue of one place.

    It tells the present state, so wakes that come meanwhile are one: a browser that is slow is told
    less often, never more at once, and holds no memory.
    """

    __slots__ = ("_woken", "over", "session_id", "session_key", "subject")

    def __init__(self, session: Session) -> None:
        self.subject = session.subject
        self.session_key = session.key
        self.session_id = session.id
        self.over = False
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Let it look for news; waking it again before it has looked changes nothing."""
        self._woken.set()

    def end(self) -> None:
        """Let it end now."""
        self.over = True
        self._woken.set()

    async def woken(self, within: float) -> bool:
        """Wait for news, at most for `within` seconds; whether there is any."""
        try:
            async with asyncio.timeout(within):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True


class Streams:
    """The open streams of this process."""

    def __init__(self, *, most: int, most_per_session: int) -> None:
        self._most = most
        self._most_per_session = most_per_session
        self._of_subject: defaultdict[str, set[Stream]] = defaultdict(set)
        self._of_session: Counter[str] = Counter()
        self._stopping = False

    def __len__(self) -> int:
        """Return how many are open."""
        return self._of_session.total()

    def open(self, session: Session) -> Stream:
        """Return a new stream for `session`; it is over at once where the process stops.

        Raises:
            TooManyStreamsError: there are too many already.
        """
        if len(self) >= self._most or self._of_session[session.id] >= self._most_per_session:
            raise TooManyStreamsError
        stream = Stream(session)
        if self._stopping:
            stream.end()
        self._of_subject[stream.subject].add(stream)
        self._of_session[stream.session_id] += 1
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream; forgotten again it stays so."""
        of_subject = self._of_subject.get(stream.subject, set())
        if stream not in of_subject:
            return
        of_subject.remove(stream)
        if not of_subject:
            del self._of_subject[stream.subject]
        self._of_session[stream.session_id] -= 1
        if not self._of_session[stream.session_id]:
            del self._of_session[stream.session_id]

    def wake(self, subject: str) -> None:
        """Let every stream of `subject` look for news."""
        for stream in self._of_subject.get(subject, ()):
            stream.wake()

    def wake_all(self) -> None:
        """Let every stream look: news may have passed unheard."""
        for stream in self._all():
            stream.wake()

    @property
    def session_keys(self) -> set[str]:
        """The sessions that streams are open for."""
        return {stream.session_key for stream in self._all()}

    def end_sessions(self, keys: Collection[str]) -> None:
        """End the streams of sessions that are over."""
        for stream in self._all():
            if stream.session_key in keys:
                stream.end()

    def end_all(self) -> None:
        """End every stream, and those that come: the process stops."""
        self._stopping = True
        for stream in self._all():
            stream.end()

    def _all(self) -> Iterable[Stream]:
        return [stream for streams in self._of_subject.values() for stream in streams]
