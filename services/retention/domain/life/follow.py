"""A duplicate's life after the merge: the account that stays tells what concerns the person."""

from dataclasses import replace

from services.retention.domain.life.life import Life

MERGED = "merged"


def follows(life: Life) -> str | None:
    """Return the account that `life` was merged into, `None` when it was not."""
    last_word = life.status.get(MERGED)
    return None if last_word is None else last_word.value


def following(life: Life, survivor: Life) -> Life:
    """Return `life` with the facts about the person that `survivor`, of the same person, has.

    Activity, contracts, consents, closure and a request for erasure are the survivor's; what is
    held, and what is about one object, such as an invoice, stays the duplicate's own.
    """
    first = {name: at for name, at in life.first.items() if _is_of_an_object(name)}
    for name, at in survivor.first.items():
        if "/" not in name or name.startswith("enrolment/"):
            first.setdefault(name, at)
    last = dict(life.last)
    for name, at in survivor.last.items():
        last[name] = max(at, last.get(name, at))
    status = {name: word for name, word in life.status.items() if _is_of_an_object(name)}
    status |= {name: life.status[name] for name in ("archive", MERGED) if name in life.status}
    for name, word in survivor.status.items():
        if name.startswith(("consent/", "request/", "enrolment/")):
            status.setdefault(name, word)
    return replace(life, first=first, last=last, status=status)


def _is_of_an_object(name: str) -> bool:
    return "/" in name and not name.startswith("consent/")
