"""Every measurement by name."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from bench import (
    alternatives,
    append,
    append_to_published,
    choices,
    command_to_read_model,
    concurrent_appends,
    encryption,
    fold,
    forecast,
    growing_history,
    idle,
    keys,
    known_or_not,
    long_stream,
    newsletter,
    notices,
    peer_eventsourcing,
    projection_replay,
    rectification,
    relay_catch_up,
    saga,
    searching,
    session_ends,
    sign_in_storm,
    starts,
    statistics,
    sweep,
    tokens,
    view_page,
)
from bench.rows import Row
from bench.stage import Stage

Measure = Callable[[Stage], Coroutine[Any, Any, Sequence[Row]]]

MEASUREMENTS: Final[dict[str, Measure]] = {
    "append": append.measure,
    "concurrent_appends": concurrent_appends.measure,
    "append_to_published": append_to_published.measure,
    "command_to_read_model": command_to_read_model.measure,
    "relay_catch_up": relay_catch_up.measure,
    "projection_replay": projection_replay.measure,
    "fold": fold.measure,
    "forecast": forecast.measure,
    "peer_eventsourcing": peer_eventsourcing.measure,
    "growing_history": growing_history.measure,
    "long_stream": long_stream.measure,
    "alternatives": alternatives.measure,
    "encryption": encryption.measure,
    "view_page": view_page.measure,
    "sweep": sweep.measure,
    "saga": saga.measure,
    "keys": keys.measure,
    "searching": searching.measure,
    "session_ends": session_ends.measure,
    "sign_in_storm": sign_in_storm.measure,
    "tokens": tokens.measure,
    "known_or_not": known_or_not.measure,
    "consent_checks": choices.measure_checks,
    "withdrawals": choices.measure_withdrawals,
    "rectification": rectification.measure,
    "statistics": statistics.measure,
    "newsletter": newsletter.measure,
    "notices": notices.measure,
    "starts": starts.measure,
    "idle": idle.measure,
}
