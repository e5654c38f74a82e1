"""A certificate of erasure on paper: a signed PDF in both languages, with its JSON inside."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.retention.adapters.bilingual_pdf import add_table, add_words, begun, both, moment
from services.retention.adapters.certificate_words import MODES, REASONS, WORDS
from shared.personal import WHOLE
from shared.words import CATEGORIES

ATTACHMENT: Final = "certificate.json"
VALID: Final = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2125, 1, 1, tzinfo=UTC))
NAME: Final = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "carionexiq: erasures")])


class NotOurPdfError(Exception):
    """A PDF is no certificate of erasure, or not as it was signed; the message says which."""


def signed_pdf(certificate: dict[str, Any], attachment: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return `certificate` as a PDF that `key` has signed, with `attachment` inside.

    Takes some tens of milliseconds and must not be called from an event loop.
    """
    page = _drawn(certificate, attachment)
    signer = SimpleSigner(
        signing_cert=_own_certificate(key),
        signing_key=PrivateKeyInfo.load(
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    meta = PdfSignatureMetadata(field_name="Signature", md_algorithm="sha512", name="carionexiq")
    signed = PdfSigner(meta, signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(page)))
    return bytes(signed.getvalue())


def read_pdf(content: bytes, key: Ed25519PublicKey) -> bytes:
    """Return what is attached to a PDF that `key` has signed as a whole.

    Must not be called from an event loop.

    Raises:
        NotOurPdfError: it is no such PDF, was altered, or was signed with another key.
    """
    try:
        return _attached(PdfFileReader(BytesIO(content)), key)
    except NotOurPdfError:
        raise
    except Exception as error:
        # A reader of PDF has many ways to fail on a file that was made to break it.
        raise NotOurPdfError("not a certificate of erasure") from error


def _attached(reader: PdfFileReader, key: Ed25519PublicKey) -> bytes:
    signatures = reader.embedded_signatures
    if len(signatures) != 1:
        raise NotOurPdfError("not a certificate of erasure: it has not one signature")
    [signature] = signatures
    signer: Certificate = signature.signer_cert
    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if signer.public_key.dump() != raw:
        raise NotOurPdfError("signed with another key")
    context = ValidationContext(trust_roots=[signer], allow_fetching=False)
    status = validate_pdf_signature(signature, context)
    if not status.bottom_line or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise NotOurPdfError("altered: the signature is not that of the whole file")
    [name, file] = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    if name != ATTACHMENT:
        raise NotOurPdfError("not a certificate of erasure: it has another attachment")
    return bytes(file.get_object()["/EF"]["/F"].data)


def _drawn(certificate: dict[str, Any], attachment: bytes) -> bytes:
    pdf = begun(WORDS["title"], datetime.fromisoformat(certificate["issued_at"]))
    add_words(pdf, WORDS["what"])
    add_table(pdf, (2, 3), _facts(certificate))
    add_table(
        pdf,
        (2, 3, 4),
        [
            (both(CATEGORIES[scope["category"]]), _object(scope), entry)
            for scope, entry in zip(certificate["scopes"], certificate["ledger"], strict=True)
        ],
        (both(WORDS["category"]), both(WORDS["object"]), both(WORDS["entry"])),
    )
    if verification := certificate.get("verification"):
        add_table(
            pdf,
            (2, 4),
            [(one["service"], _searched(one)) for one in verification["searches"]],
            (both(WORDS["searched"]), both(WORDS["looked_at"])),
        )
    if certificate["withheld"]:
        add_table(
            pdf,
            (2, 3),
            [(both(CATEGORIES[one["category"]]), _object(one)) for one in certificate["withheld"]],
            (both(WORDS["withheld"]), both(WORDS["object"])),
        )
    add_words(pdf, WORDS["check"])
    pdf.embed_file(
        bytes=attachment, basename=ATTACHMENT, mime_type="application/json", compress=True
    )
    return bytes(pdf.output())


def _facts(certificate: dict[str, Any]) -> list[tuple[str, ...]]:
    rules = ", ".join(
        f"{rule['rule_id']} ({', '.join(rule['promises'])})" for rule in certificate["rules"]
    )
    services = ", ".join(
        f"{one['service']}: {sum(one['counts'].values())}"
        for one in certificate["acknowledgements"]
    )
    return [
        (both(WORDS["certificate"]), certificate["certificate_id"]),
        (both(WORDS["subject"]), certificate["subject_id"]),
        (both(WORDS["reason"]), both(REASONS[certificate["reason"]])),
        (both(WORDS["mode"]), both(MODES[certificate["mode"]])),
        (both(WORDS["rules"]), f"{rules}, {certificate['rules_version']}"),
        (both(WORDS["services"]), services),
        (both(WORDS["due"]), _moment(certificate["due"])),
        (
            both(WORDS["disabled"]),
            # A certificate from before keys were disabled first.
            _moment(certificate.get("keys_disabled_at", certificate["keys_destroyed_at"])),
        ),
        (both(WORDS["destroyed"]), _moment(certificate["keys_destroyed_at"])),
        (both(WORDS["verified"]), _moment(certificate["verified_at"])),
        (both(WORDS["issued"]), _moment(certificate["issued_at"])),
    ]


def _searched(one: dict[str, Any]) -> str:
    left_out = sum(one["not_searchable"].values())
    return (
        f"{both(WORDS['documents'])}: {one['documents']}, "
        f"{both(WORDS['records'])}: {one['records']}, {both(WORDS['files'])}: {one['files']}, "
        f"{both(WORDS['values'])}: {one['canaries']}, "
        f"{both(WORDS['attempts'])}: {one['attempts']}, {both(WORDS['left_out'])}: {left_out}"
    )


def _object(scope: dict[str, str]) -> str:
    return both(WORDS["whole"]) if scope["object"] == WHOLE else scope["object"]


def _moment(instant: str) -> str:
    return moment(datetime.fromisoformat(instant))


def _own_certificate(key: Ed25519PrivateKey) -> Certificate:
    """Return the certificate of `key` that a PDF wants: always the same, issued by itself."""
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    built = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(VALID[0])
        .not_valid_after(VALID[1])
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True
        )
        .sign(key, None)
    )
    return Certificate.load(built.public_bytes(Encoding.DER))
