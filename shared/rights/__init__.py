"""Who may do what with which data, as one table: `rights.yaml`."""

from shared.rights.model import ANYBODY, Demand, Endpoint, Right
from shared.rights.table import BREAK_GLASS, RIGHTS_FILE, Rights, RightsError, load_rights

__all__ = [
    "ANYBODY",
    "BREAK_GLASS",
    "RIGHTS_FILE",
    "Demand",
    "Endpoint",
    "Right",
    "Rights",
    "RightsError",
    "load_rights",
]
