"""What can keep the system from starting, each with one line to show and a kind to exit by."""


class EngineError(Exception):
    """Something the system runs on failed; the message is one line, fit to be shown."""


class PortBusyError(EngineError):
    """Another program listens where one of ours should."""

    def __init__(self, name: str, port: int, setting: str) -> None:
        super().__init__(
            f"port {port} is busy: {name} cannot listen there. "
            f"Stop the other program or set {setting} to a free port."
        )
        self.port = port
        self.setting = setting


class MissingDependencyError(EngineError):
    """A program or a package that an engine needs is not there and could not be fetched."""


class DiskFullError(EngineError):
    """The disk of the data or cache folder is full, or nearly."""


class StartFailedError(EngineError):
    """A process ended, or was not ready in time, while the system was starting."""


class GaveUpError(EngineError):
    """A process kept dying after the start and was not restarted again."""


class AlreadyRunningError(EngineError):
    """Another supervisor owns this data folder."""
