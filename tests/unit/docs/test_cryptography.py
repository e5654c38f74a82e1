"""The cryptography that is in the code is the one that is documented (ASVS 5.0, V11)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.unit.docs.documents import DOCS

SOURCES: Final = [
    file
    for folder in ("services", "shared", "deploy")
    for file in sorted((DOCS.parent / folder).rglob("*.py"))
]
HASHES: Final = frozenset({"sha256", "blake2b"})
PRIMITIVES: Final = frozenset(
    {
        "cryptography.hazmat.primitives.ciphers.aead.AESGCM",
        "cryptography.hazmat.primitives.asymmetric.ed25519.Ed25519PrivateKey",
        "cryptography.hazmat.primitives.asymmetric.ed25519.Ed25519PublicKey",
    }
)
"""What seals and signs; certificates and the writing of keys are no primitives."""
PRESCRIBED: Final = frozenset({"dkim_signing.py"})
"""Where a standard leaves no choice: mail is signed by RSA with SHA-256 (RFC 6376, RFC 8301)."""


def used(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the hash functions and primitives that `file` takes from elsewhere."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                if node.module == "hashlib":
                    yield "hash", name.name
                if node.module.startswith("cryptography.hazmat.primitives."):
                    yield "primitive", f"{node.module}.{name.name}"
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib":
            yield "hash", node.attr


@pytest.mark.promise("C7.2")
def test_no_other_cipher_signature_or_hash_is_in_the_code() -> None:
    found = {one for file in SOURCES if file.name not in PRESCRIBED for one in used(file)}
    hashes = {name for kind, name in found if kind == "hash" and not name.startswith("_")}
    primitives = {name for kind, name in found if kind == "primitive"}
    writing = {name for name in primitives if ".serialization." in name}
    assert hashes <= HASHES
    assert primitives - writing == PRIMITIVES
