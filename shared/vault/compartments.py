"""Who may open what: compartments that cryptography keeps, since each holder has its keys only."""

from typing import Final

from shared.personal import Category

_OF_PEOPLE: Final[dict[str, frozenset[Category]]] = {
    "identity": frozenset(
        {
            Category.CIVIL_IDENTITY,
            Category.CONTACT,
            Category.CREDENTIALS,
            Category.PROFILE,
            Category.MINORITY,
            Category.SUPPORT,
            Category.PROSPECT,
            Category.TECHNICAL_TRACES,
            Category.STAFF,
            Category.DEMAND,
        }
    ),
    "learning": frozenset(
        {
            Category.CIVIL_IDENTITY,
            Category.LEARNING_HISTORY,
            Category.PAYMENT,
            Category.RECORDING,
            Category.DEMAND,
        }
    ),
    "consent": frozenset({Category.PROFILE, Category.DEMAND}),
    "retention": frozenset(),
    "notify": frozenset(
        {
            Category.CIVIL_IDENTITY,
            Category.CONTACT,
            Category.MINORITY,
            Category.PROSPECT,
            Category.SUPPORT,
            Category.STAFF,
            Category.DEMAND,
        }
    ),
}
"""What each service may open of people. Retention decides over all and reads none.

Consent keeps with the profile what was explained with examples from a person's own data (C8.3).
Whoever holds data of people seals what an official demand makes it disclose (C6.2).
"""

EACH_ITS_OWN: Final = frozenset({Category.DEAD_LETTERS})
"""Categories that every service has, each with a key that no other service has."""

EVERYBODYS: Final = frozenset({Category.CANARIES, Category.ACCESS_FILE})
"""Categories that every service may open.

Nothing in canaries can be read as it was. A part of an access file is sealed under the keys of all
values in it as well, so that this key alone opens none that another service's keys do not open.
"""

COMPARTMENTS: Final[dict[str, frozenset[Category]]] = {
    service: categories | EACH_ITS_OWN | EVERYBODYS for service, categories in _OF_PEOPLE.items()
}
"""The categories each service may open."""

ROLE_COMPARTMENTS: Final[dict[str, frozenset[Category]]] = {
    "billing": frozenset({Category.PAYMENT}),
    "trainer": frozenset({Category.CIVIL_IDENTITY, Category.LEARNING_HISTORY, Category.RECORDING}),
}
"""The categories a process may open that works for one role of staff alone (C4.2)."""

BLIND_INDEX_SERVICES: Final = frozenset({"identity"})


def key_name(category: Category, holder: str) -> str:
    """Return the name of the key-encryption key that `holder` uses for `category`."""
    return f"{category}-{holder}" if category in EACH_ITS_OWN else str(category)


KEY_NAMES: Final[dict[str, Category]] = {
    **{str(one): one for one in Category if one not in EACH_ITS_OWN},
    **{key_name(one, holder): one for one in sorted(EACH_ITS_OWN) for holder in COMPARTMENTS},
}
"""Every key-encryption key by name, with the category it is for."""


def own_subject(service: str) -> str:
    """Return what stands in the place of a person where a service's own category is meant."""
    return f"dead-letters-{service}"


def compartment_of(holder: str) -> frozenset[Category]:
    """Return the categories that a service or a role may open."""
    return COMPARTMENTS.get(holder) or ROLE_COMPARTMENTS[holder]
