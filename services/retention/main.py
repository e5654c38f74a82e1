"""The retention service as an ASGI application: `uvicorn services.retention.main:app`."""

from typing import Final, get_args

from services.retention.application.publish import publish
from services.retention.bootstrap import bootstrap
from services.retention.domain.erasure.events import CaseEvent
from services.retention.domain.hold.events import HoldEvent
from services.retention.domain.ruleset.adoption import VersionAdopted
from services.retention.domain.watch.events import WatchEvent
from services.retention.settings import RetentionSettings
from shared.events.base import DomainEvent
from shared.service import create_app

DOMAIN_EVENTS: Final[tuple[type[DomainEvent], ...]] = (
    *get_args(CaseEvent),
    *get_args(HoldEvent),
    *get_args(WatchEvent),
    VersionAdopted,
)

app = create_app(
    "retention",
    settings=RetentionSettings,
    domain_events=DOMAIN_EVENTS,
    publish=publish,
    bootstrap=bootstrap,
)
