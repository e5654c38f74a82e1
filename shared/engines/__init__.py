"""The engines as processes of this machine, behind one small supervisor.

- KafkaEngine: Apache Kafka, one KRaft node, on the Java runtime of a package
- MongoEngine: a MongoDB wire server with durable storage
- MailboxEngine: an SMTP server that delivers to a Maildir
- ServiceProcess: one of our services under uvicorn
- Supervisor: starts, watches, restarts and stops them
"""

from shared.engines.disk import require_free_space
from shared.engines.errors import (
    AlreadyRunningError,
    DiskFullError,
    EngineError,
    GaveUpError,
    MissingDependencyError,
    PortBusyError,
    StartFailedError,
)
from shared.engines.kafka import KafkaEngine
from shared.engines.mailbox import MailboxEngine
from shared.engines.managed import Managed, NotReadyError, Report
from shared.engines.mongo import MongoEngine
from shared.engines.ports import free_ports, is_free
from shared.engines.run_file import RunFile, RunningProcess
from shared.engines.service import ServiceProcess
from shared.engines.supervisor import Supervisor

__all__ = [
    "AlreadyRunningError",
    "DiskFullError",
    "EngineError",
    "GaveUpError",
    "KafkaEngine",
    "MailboxEngine",
    "Managed",
    "MissingDependencyError",
    "MongoEngine",
    "NotReadyError",
    "PortBusyError",
    "Report",
    "RunFile",
    "RunningProcess",
    "ServiceProcess",
    "StartFailedError",
    "Supervisor",
    "free_ports",
    "is_free",
    "require_free_space",
]
