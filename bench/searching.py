"""Searching everything stored for what was erased, beside reading it and beside a library."""

import os
from base64 import b64encode
from time import perf_counter
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from bench.rows import Row
from bench.stage import Stage
from shared.database import Database
from shared.searching.fingerprints import Fingerprints, shapes_of
from shared.searching.places import Collections
from shared.searching.searcher import Searcher

DOCUMENTS: Final = 20_000
BOX_BYTES: Final = 400
TEXTS: Final = 30
"""Searchable values of one person."""
CASES: Final = (1, 100, 1_000)


async def measure(stage: Stage) -> list[Row]:
    """Measure a pass over one database for one case, a hundred and a thousand."""
    rows = []
    async with stage.learning(running=False) as runtime:
        count = stage.size(DOCUMENTS, 50)
        megabytes = await _filled(runtime.database, count)
        place = Collections(runtime.database, "learning")
        await _read(place)  # what comes first pays for connections and the server's cache
        bare = await _read(place)
        for cases in CASES[: stage.size(len(CASES), 1)]:
            texts = [[f"Nom{c:04d}n° {n:03d}" for n in range(TEXTS)] for c in range(cases)]
            searcher = Searcher([Fingerprints.of(one) for one in texts])
            took = await _read(place, searcher)
            patterns = list({shape for one in texts for text in one for shape in shapes_of(text)})
            library = BytesAhoCorasick(patterns, implementation=Implementation.ContiguousNFA)
            known = await _read(place, library=library)
            marks = f"{searcher.size:,} fingerprints"
            what = f"{megabytes:.0f} MB searched for {cases:,} cases, {marks}"
            rows += [
                Row(what, took, "s", bare, "reading it alone"),
                Row(what, took, "s", known, "ahocorasick-rs, texts in plain"),
            ]
    return rows


async def _filled(database: Database, count: int) -> float:
    boxes = [b64encode(os.urandom(BOX_BYTES)).decode() for _ in range(count)]
    collection = database.collection("boxes")
    for start in range(0, count, 1_000):
        some = boxes[start : start + 1_000]
        await collection.insert_many(
            [{"_id": start + n, "subject": f"s{n}", "box": one} for n, one in enumerate(some)]
        )
    return sum(map(len, boxes)) / 1e6


async def _read(
    place: Collections,
    searcher: Searcher | None = None,
    library: BytesAhoCorasick | None = None,
) -> float:
    began = perf_counter()
    async for chunk in place.chunks():
        if searcher is not None:
            searcher.search(chunk.pieces)
        if library is not None:
            library.find_matches_as_indexes(b"\0".join(chunk.pieces).lower(), overlapping=True)
    return perf_counter() - began
