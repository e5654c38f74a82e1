"""How long the state machine is searched: `HYPOTHESIS_PROFILE=long` also shrinks what it finds."""

import os
from typing import Final

from hypothesis import HealthCheck, Phase, settings

LONG: Final = os.environ.get("HYPOTHESIS_PROFILE") == "long"
SETTINGS: Final = settings(
    max_examples=300 if LONG else 20,
    stateful_step_count=50 if LONG else 20,
    deadline=None,
    report_multiple_bugs=False,
    print_blob=True,
    phases=[phase for phase in Phase if LONG or phase not in (Phase.shrink, Phase.explain)],
    suppress_health_check=list(HealthCheck),
)
