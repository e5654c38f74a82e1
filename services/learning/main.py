"""The learning service as `uvicorn services.learning.main:app` serves it."""

from services.learning.application.publish import DOMAIN_EVENTS, publish
from services.learning.bootstrap import bootstrap
from services.learning.settings import LearningSettings
from shared.service import create_app

app = create_app(
    "learning",
    settings=LearningSettings,
    domain_events=DOMAIN_EVENTS,
    publish=publish,
    bootstrap=bootstrap,
)
