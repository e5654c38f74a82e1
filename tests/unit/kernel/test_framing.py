"""Heads that two readers may read in two ways are recognised, and ordinary ones are not."""

import pytest

from shared.http.framing import ONCE, is_ambiguous

HOST = (b"host", b"a.test")
ORDINARY = [
    [HOST],
    [HOST, (b"content-length", b"12"), (b"content-type", b"application/json")],
    [HOST, (b"transfer-encoding", b"Chunked")],
    [HOST, (b"accept", b"a"), (b"accept", b"b"), (b"x-forwarded-for", b"192.0.2.1, 192.0.2.2")],
    [HOST, (b"user-agent", "Navigateur é\t1".encode())],
]
AMBIGUOUS = [
    [],
    [(b"host", b"")],
    *([HOST, (name, b"1"), (name, b"1")] for name in sorted(ONCE)),
    [HOST, (b"transfer-encoding", b"chunked"), (b"content-length", b"1")],
    [HOST, (b"transfer-encoding", b"gzip, chunked")],
    [HOST, (b"transfer-encoding", b"\x0bchunked")],
    [HOST, (b"content-length", b"+1")],
    [HOST, (b"content-length", "\N{ARABIC-INDIC DIGIT ONE}".encode())],
    [HOST, (b"content-length", b"1, 1")],
    [HOST, (b"x", b"a\r\n b")],
    [HOST, (b"x", b"a\nb")],
    [HOST, (b"x", b"a\x00b")],
    [HOST, (b"x y", b"a")],
]


@pytest.mark.parametrize("headers", ORDINARY)
def test_an_ordinary_head_says_one_thing(headers: list[tuple[bytes, bytes]]) -> None:
    assert not is_ambiguous(headers, "1.1")


@pytest.mark.parametrize("headers", AMBIGUOUS)
def test_a_head_that_says_two_things_is_recognised(headers: list[tuple[bytes, bytes]]) -> None:
    assert is_ambiguous(headers, "1.1")


def test_what_http_1_0_does_not_know_is_ambiguous_there() -> None:
    assert not is_ambiguous([], "1.0")
    assert is_ambiguous([(b"transfer-encoding", b"chunked")], "1.0")
