"""A search finds a text it does not know, in every shape, and nothing else."""

import base64
import json
import random
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.searching.fingerprints import Fingerprints
from shared.searching.searcher import Match, Searcher

VALUE = "Xébokimuza Wépikoba"
SHORT = "Xeboki"
NOISE = base64.b64encode(random.Random(3).randbytes(200_000))  # noqa: S311 - noise, not a secret

SHAPES = {
    "utf-8": VALUE.encode(),
    "in capitals": VALUE.upper().encode(),
    "case-folded": VALUE.casefold().encode(),
    "percent-escaped": quote(VALUE).encode(),
    "json-escaped": json.dumps({"name": VALUE}).encode(),
    "hexadecimal": VALUE.encode().hex().encode(),
    "within a word": b"abc" + VALUE.encode() + b"def",
    **{
        f"base64 after {count} bytes": base64.b64encode(b"abc"[:count] + VALUE.encode() + b"zyx")
        for count in range(3)
    },
}


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("shape", SHAPES)
def test_a_text_is_found_in_every_shape_and_in_its_piece_alone(shape: str) -> None:
    searcher = Searcher([Fingerprints.of(["Wopikoba"]), Fingerprints.of([VALUE])])
    pieces = [NOISE[:1000], SHAPES[shape], NOISE[1000:2000]]
    assert searcher.search(pieces) == {Match(owner=1, piece=1, sure=True)}


def test_a_short_text_is_found_where_it_stands_alone() -> None:
    searcher = Searcher([Fingerprints.of([SHORT])])
    assert searcher.search([b'{"name": "xeboki"}']) == {Match(owner=0, piece=0, sure=False)}
    assert searcher.search([b"aGVsbG8" + SHORT.encode() + b"d29ybGQ="]) == set()


def test_nothing_is_found_in_encrypted_noise() -> None:
    known = [Fingerprints.of([f"nom-{n}@canari.test", f"Xebo{n:02d}"]) for n in range(100)]
    assert Searcher(known).search([NOISE]) == set()


def test_an_id_is_found_and_known_from_the_texts() -> None:
    searcher = Searcher([Fingerprints.of([VALUE])], ["learner-12"])
    assert searcher.search([b"\0learner-12|contact\0"]) == {Match(owner=1, piece=0, sure=False)}


def test_fingerprints_show_nothing_and_differ_each_time() -> None:
    first, second = Fingerprints.of([VALUE]), Fingerprints.of([VALUE])
    assert Fingerprints.unpacked(first.packed()) == first
    assert {one.digest for one in first.marks}.isdisjoint(one.digest for one in second.marks)
    assert Searcher([]).search([first.packed() + VALUE.encode()]) == set()
    assert Searcher([first]).search([first.packed()]) == set()


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=8, max_size=40),
    st.binary(max_size=40),
    st.binary(max_size=40),
)
def test_whatever_the_text_it_is_found_between_whatever_bytes(
    text: str, before: bytes, after: bytes
) -> None:
    searcher = Searcher([Fingerprints.of([text])])
    found = searcher.search([before + b"\0" + text.encode() + b"\0" + after])
    assert {match.owner for match in found} == {0}
