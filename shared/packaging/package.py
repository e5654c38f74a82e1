"""The ZIP around files, with their manifest; the same files make the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from shared.packaging.manifest import Manifest, PackagedFile, PackagedPart, sha256_of

MANIFEST: Final = "manifest.json"
READABLE: Final = 0o644 << 16
"""File permissions as a ZIP keeps them."""


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file to be packed, by its path inside the package."""

    name: str
    media_type: str
    content: bytes


def package(
    content: str,
    files: Sequence[PackageFile],
    made_at: datetime,
    parts: Sequence[PackagedPart] = (),
) -> bytes:
    """Return `files` as a ZIP with a manifest of their SHA-256.

    Args:
        content: what the package is: `access` or `portability`.
        files: what goes in, in this order, the manifest last.
        made_at: the instant that every entry bears, in UTC.
        parts: which service contributed what, where several did.

    Raises:
        ValueError: a name is not a plain path below the package, or is used twice.
    """
    names = [one.name for one in files]
    unsafe = [name for name in names if name.startswith("/") or "\\" in name or ".." in name]
    if unsafe or len({*names, MANIFEST}) != len(names) + 1:
        raise ValueError(f"names that a package cannot have: {unsafe or names}")
    manifest = Manifest(
        content=content,
        made_at=made_at,
        files=tuple(
            PackagedFile(
                name=one.name,
                media_type=one.media_type,
                size=len(one.content),
                sha256=sha256_of(one.content),
            )
            for one in files
        ),
        parts=tuple(parts),
    )
    described = manifest.model_dump_json(indent=2).encode()
    stamp = made_at.astimezone(UTC)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, held in [*((one.name, one.content) for one in files), (MANIFEST, described)]:
            entry = ZipInfo(name, (stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, 0))
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = READABLE
            archive.writestr(entry, held)
    return packed.getvalue()
