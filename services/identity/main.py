"""The identity service: `uvicorn services.identity.main:app`."""

from services.identity.application.publish import publish
from services.identity.bootstrap import DOMAIN_EVENTS, bootstrap
from services.identity.settings import IdentitySettings
from shared.service import create_app

app = create_app(
    "identity",
    settings=IdentitySettings,
    domain_events=DOMAIN_EVENTS,
    publish=publish,
    bootstrap=bootstrap,
)
