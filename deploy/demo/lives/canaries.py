"""Personal values that exist nowhere else, so that finding one proves what is still readable."""

import ipaddress
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from shared.personal import WHOLE, Category

CONSONANTS: Final = "bdfgjklmpqrtvwxz"
VOWELS: Final = "aeiou"
SYLLABLES: Final = 5
FICTIONAL_MOBILE: Final = "63998"
"""Start of the mobile numbers that French numbering keeps for fiction: 06 39 98 00 00 on."""


@dataclass(frozen=True, slots=True)
class Canary:
    """One planted value and the scope it belongs to.

    `owner` and `object` are the labels of the life's plan; ids exist only once the system has
    given them.
    """

    owner: str
    category: Category
    object: str
    field: str
    cores: tuple[str, ...]
    """Spellings of the part that is unique; any of them betrays the value."""


class CanaryBook:
    """Makes unique values and remembers each with its scope."""

    def __init__(self, rng: random.Random) -> None:
        self._random = rng
        self._cores: set[str] = set()
        self._canaries: list[Canary] = []

    def __iter__(self) -> Iterator[Canary]:
        return iter(self._canaries)

    def __len__(self) -> int:
        return len(self._canaries)

    def word(
        self,
        owner: str,
        category: Category,
        field: str,
        *,
        object: str = WHOLE,  # noqa: A002 - the field's term
    ) -> str:
        """Return a fresh capitalised word with an accent, to be worked into a name or a text."""
        core = self._core(accented=True)
        self._note(owner, category, object, field, core, core.lower(), core.upper())
        return core

    def email(self, owner: str, category: Category, field: str, given_name: str) -> str:
        """Return a fresh address in the reserved domain `.test`."""
        core = self._core(accented=False).lower()
        self._note(owner, category, WHOLE, field, core, core.capitalize())
        return f"{given_name.lower()}.{core}@carnet.test"

    def slug(self, owner: str, category: Category, field: str, scope: str) -> str:
        """Return a fresh lower-case word without accent, fit for a link."""
        core = self._core(accented=False).lower()
        self._note(owner, category, scope, field, core, core.capitalize())
        return core

    def figure(self, owner: str, category: Category, field: str, scope: str) -> str:
        """Return a fresh decimal number, long enough to occur nowhere by chance."""

        def draw() -> str:
            whole, part = self._random.randrange(10_000, 100_000), self._random.randrange(100_000)
            return f"{whole}.{part:05d}{self._random.randrange(1, 10)}"

        core = self._fresh(draw)
        self._note(owner, category, scope, field, core)
        return core

    def telephone(self, owner: str) -> str:
        """Return a fresh fictional French mobile number, in international form."""
        end = self._fresh(lambda: f"{self._random.randrange(10_000):04d}")
        pairs = f"06 39 98 {end[:2]} {end[2:]}"
        international = f"+33{FICTIONAL_MOBILE}{end}"
        self._note(
            owner,
            Category.CONTACT,
            WHOLE,
            "telephone",
            international,
            pairs,
            pairs.replace(" ", ""),
        )
        return international

    def address(self, owner: str, month: str) -> str:
        """Return a fresh network address of the range kept for documentation (RFC 3849)."""

        def draw() -> str:
            groups = [f"{self._random.randrange(0x1000, 0x10000):x}" for _ in range(6)]
            return str(ipaddress.ip_address("2001:db8:" + ":".join(groups)))

        core = self._fresh(draw)
        self._note(owner, Category.TECHNICAL_TRACES, month, "ip_address", core, core.upper())
        return core

    def password(self, owner: str) -> str:
        """Return a fresh password, which must not be readable even while it is in use."""
        core = self._core(accented=False)
        self._note(owner, Category.CREDENTIALS, WHOLE, "password", core)
        return f"{core}-{self._random.randrange(100, 1000)}!mots"

    def _core(self, *, accented: bool) -> str:
        def draw() -> str:
            letters = [
                letter
                for _ in range(SYLLABLES)
                for letter in (self._random.choice(CONSONANTS), self._random.choice(VOWELS))
            ]
            if accented:
                letters[1] = "é"
            return "".join(letters).capitalize()

        return self._fresh(draw)

    def _fresh(self, draw: Callable[[], str]) -> str:
        while (core := draw()) in self._cores:
            pass
        self._cores.add(core)
        return core

    def _note(self, owner: str, category: Category, scope: str, field: str, *cores: str) -> None:
        self._canaries.append(Canary(owner, category, scope, field, tuple(dict.fromkeys(cores))))
