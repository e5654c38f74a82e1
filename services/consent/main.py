"""The consent service: `uvicorn services.consent.main:app`."""

from services.consent.application.publish import publish
from services.consent.bootstrap import DOMAIN_EVENTS, bootstrap
from services.consent.settings import ConsentSettings
from shared.service import create_app

app = create_app(
    "consent",
    settings=ConsentSettings,
    domain_events=DOMAIN_EVENTS,
    publish=publish,
    bootstrap=bootstrap,
)
