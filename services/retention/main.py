"""The retention service as an ASGI application: `uvicorn services.retention.main:app`."""

from services.retention.application.publish import publish
from services.retention.bootstrap import DOMAIN_EVENTS, bootstrap
from services.retention.settings import RetentionSettings
from shared.service import create_app

app = create_app(
    "retention",
    settings=RetentionSettings,
    domain_events=DOMAIN_EVENTS,
    publish=publish,
    bootstrap=bootstrap,
)
