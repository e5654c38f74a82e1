"""The contact form says, signed, when it was shown (C1.3)."""

from datetime import UTC, datetime

from services.gateway.form_guard import FormGuard

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GUARD = FormGuard(b"a key of the tests")


def test_a_stamp_tells_when_the_form_was_shown_to_this_browser_alone() -> None:
    stamp = GUARD.stamp(NOON, "browser-1")
    assert GUARD.shown_at(stamp, "browser-1") == NOON
    assert GUARD.shown_at(stamp, "browser-2") is None


def test_a_stamp_that_we_did_not_make_tells_nothing() -> None:
    moment, _, signature = GUARD.stamp(NOON, "browser-1").partition(".")
    earlier = f"{int(moment) - 60}.{signature}"
    for forged in (None, "", ".", moment, earlier, f"{moment}.é", f"x.{signature}"):
        assert GUARD.shown_at(forged, "browser-1") is None
    assert FormGuard(b"another").shown_at(GUARD.stamp(NOON, "browser-1"), "browser-1") is None
