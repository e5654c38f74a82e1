"""Keeps the catalogue of mails in step with the templates: `python -m services.notify.catalogues`.

English is written in the templates; French is the translation to keep complete.
"""

from pathlib import Path
from typing import Final

from shared.catalogues import JINJA, Catalogues

MAIL: Final = Catalogues(
    Path(__file__).parent,
    "mail",
    [("templates/**.jinja", JINJA)],
    {"templates/**.jinja": {"extensions": "jinja2.ext.i18n", "trim_blocks": "true"}},
    ("fr",),
)

if __name__ == "__main__":
    MAIL.report()
