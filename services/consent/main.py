"""The consent service's process: `uvicorn services.consent.main:app`."""

from services.consent.application.publish import DOMAIN_EVENTS, publish
from services.consent.bootstrap import bootstrap
from services.consent.settings import ConsentSettings
from shared.service import create_app

app = create_app(
    "consent",
    settings=ConsentSettings,
    domain_events=DOMAIN_EVENTS,
    publish=publish,
    bootstrap=bootstrap,
)
