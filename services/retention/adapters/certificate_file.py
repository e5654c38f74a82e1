"""A certificate of erasure as people keep it, and checking one without anything else at hand."""

from pathlib import Path
from typing import Any, Final, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, ValidationError

from services.retention.adapters.certificate_key import is_genuine, key_id_of
from services.retention.domain.erasure.events import CaseCertified

LARGEST_BYTES: Final = 32 * 1024 * 1024


class NotGenuineError(Exception):
    """A file is no certificate, or not as it was signed; the message says which."""


class CertificateFile(BaseModel):
    """A signed certificate, in JSON."""

    model_config = ConfigDict(extra="forbid", strict=True)

    certificate: dict[str, Any]
    """What is signed, as canonical JSON: sorted keys, no spaces, UTF-8."""
    algorithm: Literal["Ed25519"] = "Ed25519"
    signature: str
    """Base64."""
    key_id: str
    """First 16 hexadecimal digits of the SHA-256 of the raw public key."""


def file_of(certified: CaseCertified) -> CertificateFile:
    """Return the recorded certificate as a file."""
    return CertificateFile(
        certificate=certified.certificate, signature=certified.signature, key_id=certified.key_id
    )


def verified_file(path: Path, key: Ed25519PublicKey) -> CertificateFile:
    """Return the certificate in `path`, JSON or PDF, that `key` has signed.

    Raises:
        NotGenuineError: it is no certificate, was altered, or was signed with another key.
        OSError: it cannot be read.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise NotGenuineError("too large for a certificate")
    content = path.read_bytes()
    if content.startswith(b"%PDF-"):
        # Only who is given a PDF waits for all that reading one needs.
        from services.retention.adapters.certificate_pdf import (  # noqa: PLC0415
            NotOurPdfError,
            read_pdf,
        )

        try:
            content = read_pdf(content, key)
        except NotOurPdfError as error:
            raise NotGenuineError(str(error)) from error
    try:
        file = CertificateFile.model_validate_json(content)
    except ValidationError as error:
        raise NotGenuineError("not a certificate of erasure") from error
    if file.key_id != key_id_of(key):
        raise NotGenuineError(f"signed with the key {file.key_id}, not with {key_id_of(key)}")
    if not is_genuine(key, file.certificate, file.signature):
        raise NotGenuineError("altered: the signature is not that of its content")
    return file
