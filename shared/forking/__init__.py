"""Programs as forks of one process that has imported what they share (decision 0037).

- ForkServer: that process, which starts programs
- ForkedProcess: a program that runs
- ForkServerLostError: it does not answer

Nothing but the standard library is imported here, so that a fork server holds what it is told to.
"""

from shared.forking.client import ForkedProcess, ForkServer, ForkServerLostError

__all__ = ["ForkServer", "ForkServerLostError", "ForkedProcess"]
