"""What a library repeats is written once in a while, with how often it was said."""

import logging

from shared.log_repetitions import SAID_AGAIN_AFTER_SECONDS, Repetitions


def _said(name: str, text: str, value: int, at: float) -> logging.LogRecord:
    record = logging.LogRecord(name, logging.ERROR, "", 1, text, (value,), None)
    record.created = at
    return record


def test_a_repetition_is_left_out_until_a_while_has_passed_and_then_counted() -> None:
    repetitions = Repetitions()
    times = [0.0, 0.1, 0.2, SAID_AGAIN_AFTER_SECONDS + 1]
    records = [_said("aiokafka.conn", "no node %d", number, at) for number, at in enumerate(times)]
    assert [repetitions.filter(record) for record in records] == [True, False, False, True]
    assert records[-1].getMessage() == "no node 3 (and 2 times since it was last said)"


def test_another_message_and_our_own_are_never_left_out() -> None:
    repetitions = Repetitions()
    for name, text in (("aiokafka.conn", "a %d"), ("aiokafka.conn", "b %d")):
        assert repetitions.filter(_said(name, text, 1, 0))
    for _ in range(3):
        assert repetitions.filter(_said("shared.relay", "relay waits %d", 1, 0))
