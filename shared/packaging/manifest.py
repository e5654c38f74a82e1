"""What is in a package, with the hash of each file, so that anybody can check it."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT: Final = "carionexiq-package/1"
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 (FIPS 180-4) in lower-case hexadecimal, as `sha256sum` prints it."""


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 of `content` as the manifest writes it."""
    return sha256(content).hexdigest()


class PackagedFile(BaseModel):
    """One file of the package."""

    model_config = ConfigDict(frozen=True)

    name: str
    media_type: str
    size: int
    """In bytes."""
    sha256: Sha256


class PackagedPart(BaseModel):
    """What one service contributed, as the service itself sealed it before the package was made."""

    model_config = ConfigDict(frozen=True)

    service: str
    made_at: datetime
    values: int
    size: int
    """In bytes."""
    sha256: Sha256


class Manifest(BaseModel):
    """The contents of a package; the manifest itself is not among them."""

    model_config = ConfigDict(frozen=True)

    format: Literal["carionexiq-package/1"] = FORMAT
    content: str
    """What the package is: `access` or `portability`."""
    made_at: datetime
    files: tuple[PackagedFile, ...]
    parts: tuple[PackagedPart, ...] = ()
    """Where its values come from, where several services contributed."""
