"""The scan sees a value in every shape and wherever it lies."""

import base64
import json
import random
from urllib.parse import quote

import pytest

from deploy.demo.scan.scanner import Scanner
from shared.searching.forms import encoded_forms

VALUE = "Xébokimuza"
NOISE = random.Random(3).randbytes(500)  # noqa: S311 - noise, not a secret

SHAPES = {
    "utf-8": VALUE.encode(),
    "utf-16 little endian": VALUE.encode("utf-16-le"),
    "utf-16 big endian": VALUE.encode("utf-16-be"),
    "percent-escaped": quote(VALUE).encode(),
    "percent-escaped in lower case": quote(VALUE).lower().encode(),
    "json-escaped": json.dumps({"name": VALUE}).encode(),
    "hexadecimal": VALUE.encode().hex().encode(),
    **{
        f"base64 after {count} bytes": base64.b64encode(b"abcdef"[:count] + VALUE.encode() + b"zyx")
        for count in range(6)
    },
    **{
        f"url-safe base64 after {count} bytes": base64.urlsafe_b64encode(
            b"abcdef"[:count] + VALUE.encode() + b"zy"
        )
        for count in range(3)
    },
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.promise("C8.4")
def test_a_planted_value_is_found_in_every_shape(shape: str) -> None:
    scanner = Scanner([["Wépiko"], [VALUE, VALUE.lower()]])
    findings = scanner.scan([NOISE + SHAPES[shape] + NOISE], "a medium")
    assert {finding.value for finding in findings} == {1}
    assert {finding.medium for finding in findings} == {"a medium"}


@pytest.mark.parametrize("form", sorted(encoded_forms(VALUE)))
def test_a_value_is_found_wherever_a_chunk_border_cuts_it(form: str) -> None:
    shape = encoded_forms(VALUE)[form]
    content = NOISE + shape + NOISE
    scanner = Scanner([[VALUE]])
    for cut in range(len(NOISE) - 1, len(NOISE) + len(shape) + 2):
        assert scanner.scan([content[:cut], content[cut:]], "m"), cut


def test_a_value_is_found_when_chunks_are_single_bytes() -> None:
    content = NOISE[:50] + VALUE.encode("utf-16-le") + NOISE[:50]
    assert Scanner([[VALUE]]).scan((bytes([byte]) for byte in content), "m")


def test_nothing_is_found_where_nothing_was_planted() -> None:
    scanner = Scanner([[VALUE]])
    assert scanner.scan([NOISE, b"Xebokimuza", VALUE[:-1].encode()], "m") == set()
    assert scanner.bytes_read == len(NOISE) + 10 + len(VALUE[:-1].encode())


def test_two_values_in_one_place_are_both_found() -> None:
    scanner = Scanner([["Xébokimuza"], ["Wépikoruta"]])
    found = scanner.scan(["XébokimuzaWépikoruta".encode()], "m")
    assert {finding.value for finding in found} == {0, 1}
