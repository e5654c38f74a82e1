"""Why a restore is not begun."""


class RestoreRefusedError(Exception):
    """Nothing was restored nor touched; the message says why and what to do."""
