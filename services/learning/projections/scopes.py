"""Which of a service's documents an erasure order concerns."""

from shared.events.retention import ErasureOrdered
from shared.personal import WHOLE, Category


def objects_of(order: ErasureOrdered, category: Category) -> list[str]:
    """Return the objects of `category` that `order` names one by one."""
    return [s.object for s in order.scopes if s.category is category and s.object != WHOLE]


def covers(order: ErasureOrdered, category: Category) -> bool:
    """Whether `order` covers the values of `category` that share one term, or the account."""
    whole = any(s.category is category and s.object == WHOLE for s in order.scopes)
    return whole or order.closes_account
