"""Keeps the portal's catalogues in step with its texts: `python -m services.gateway.catalogues`.

English is written in the code; French is the translation to keep complete.
"""

from pathlib import Path
from typing import Final

from shared.catalogues import JINJA, Catalogues

PORTAL: Final = Catalogues(
    Path(__file__).parent,
    "portal",
    [("**.py", "python"), ("templates/**.html", JINJA)],
    {"templates/**.html": {"extensions": "jinja2.ext.do,jinja2.ext.i18n"}},
    ("fr", "en"),
)

if __name__ == "__main__":
    PORTAL.report()
