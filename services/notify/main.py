"""The notify service's process: `uvicorn services.notify.main:app`."""

from services.notify.application.publish import DOMAIN_EVENTS, publish
from services.notify.bootstrap import bootstrap
from services.notify.settings import NotifySettings
from shared.service import create_app

app = create_app(
    "notify",
    settings=NotifySettings,
    domain_events=DOMAIN_EVENTS,
    publish=publish,
    bootstrap=bootstrap,
)
