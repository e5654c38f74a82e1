"""Which queue a request belongs to, and by when it is answered (C13.4)."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from shared.events.support import SupportQueue

ANSWERED_WITHIN: Final[Mapping[SupportQueue, timedelta]] = {
    "privacy": timedelta(days=2),
    "support": timedelta(days=5),
}
"""The privacy queue as fast as the shortest promise that a message in it may invoke (C8.2, 48 h);
the other one is the controller's own choice."""
WANTED: Final = re.compile("protectiondesdonn(ee|ae|e)s")
"""The subject as it is compared; "ae" is UTF-8 read as a Western encoding, and one "e" alone what
is left where a mail program dropped what it could not write."""
NOT_LETTERS: Final = re.compile(r"[\W\d_]+")


def queue_of(subject: str) -> SupportQueue:
    """Return the queue of what is called `subject`: privacy where it names data protection.

    In any spelling: case, accents in either Unicode form, or lost, or read in a wrong encoding;
    prefixes such as "Re:" and "TR:", and words around it. Rather one request too many with
    priority, which the officer hands on, than one too few.
    """
    return "privacy" if WANTED.search(_bare(subject)) else "support"


def due_at(queue: SupportQueue, asked_at: datetime) -> datetime:
    """Return by when what was asked at `asked_at` is to be answered."""
    return asked_at + ANSWERED_WITHIN[queue]


def _bare(text: str) -> str:
    """Return the letters alone, without accents and in one case."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    plain = (c for c in decomposed if not unicodedata.combining(c))
    return NOT_LETTERS.sub("", "".join(plain))
