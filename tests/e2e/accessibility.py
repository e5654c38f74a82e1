"""What every page keeps to: nobody is kept out, in light and dark, and nothing scrolls sideways."""

from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

COLOURS: Final = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
"""All that differs between the themes."""


def check(page: Page, name: str) -> None:
    """Check the page on screen; `name` says which in a failure."""
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0, f"{name} overflows by {overflow} px"
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    page.emulate_media(color_scheme="dark")
    dark = Axe().run(page, options=COLOURS)
    assert dark.violations_count == 0, f"{name} in the dark: {dark.generate_report()}"
    page.emulate_media(color_scheme="light")
