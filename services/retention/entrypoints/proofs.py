"""Certificates of erasure, on paper too, and whether they and the ledger still agree."""

import asyncio
from typing import Annotated, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, Response

from services.retention.adapters.certificate_file import file_of
from services.retention.application.proofs import CertificatesChecked, LedgerChecked
from services.retention.application.uses import Uses
from services.retention.domain.erasure.events import CaseCertified
from services.retention.domain.errors import CaseNotFoundError
from services.retention.entrypoints.paging import PAGE, Page, page_of
from shared.http.auth import Caller
from shared.http.download import download

CHECKED_AT_ONCE: Final = 200


def proofs_router(uses: Uses) -> APIRouter:
    """Return the routes of certificates and the ledger."""
    router = APIRouter(tags=["proofs"])

    @router.get("/certificate-key")
    async def certificate_key() -> dict[str, str]:
        """Return the public key that certificates of erasure are checked with; public."""
        return {"key_id": uses.key.key_id, "pem": uses.key.public_pem()}

    @router.get("/certificate-key/pem", response_class=PlainTextResponse)
    async def certificate_key_file() -> PlainTextResponse:
        """Return the same key as a file, for `verify-certificate --key`; public."""
        headers = {"Content-Disposition": 'attachment; filename="carionexiq-certificates.pem"'}
        return PlainTextResponse(uses.key.public_pem(), headers=headers)

    @router.get("/me/certificates")
    async def my_certificates(learner: Caller) -> dict[str, Any]:
        """Return the certificates of what has been erased of the caller."""
        query = {"subject": learner.subject, "state": "certified"}
        found = await uses.case_list.find(query, sort=[("certified_at", -1)], limit=1000)
        return {"items": [await certificate_view(uses, one["_id"]) for one in found]}

    @router.get("/certificates")
    async def certificates(subject: str, page: Page = 1) -> dict[str, Any]:
        """Return the certificates of one subject id, the latest first."""
        query = {"subject": subject, "state": "certified"}
        found = await uses.case_list.find(
            query, sort=[("certified_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        items = [await certificate_view(uses, one["_id"]) for one in found]
        return page_of(items, page, await uses.case_list.count(query))

    @router.get("/certificates/{certificate_id}")
    async def certificate(certificate_id: str) -> dict[str, Any]:
        """Return one certificate; a certificate has the id of its case."""
        return await certificate_view(uses, certificate_id)

    @router.get("/me/certificates/{certificate_id}/file")
    async def my_file(certificate_id: str, learner: Caller) -> Response:
        """Return one certificate about the caller as a signed JSON file."""
        return _json(await _own(uses, certificate_id, learner.subject))

    @router.get("/me/certificates/{certificate_id}/pdf", response_class=Response)
    async def my_pdf(certificate_id: str, learner: Caller) -> Response:
        """Return one certificate about the caller as a signed PDF."""
        return await _pdf(uses, await _own(uses, certificate_id, learner.subject))

    @router.get("/certificates/{certificate_id}/file")
    async def file(certificate_id: str) -> Response:
        """Return one certificate as a signed JSON file, for `verify-certificate`."""
        return _json(await uses.case_streams.certificate(certificate_id))

    @router.get("/certificates/{certificate_id}/pdf", response_class=Response)
    async def pdf(certificate_id: str) -> Response:
        """Return one certificate as a signed PDF with the JSON inside."""
        return await _pdf(uses, await uses.case_streams.certificate(certificate_id))

    @router.get("/ledger/verification")
    async def verify_ledger() -> LedgerChecked:
        """Read the ledger again and compare it with the keys that are destroyed."""
        return await uses.proofs.check_ledger()

    @router.get("/ledger/verification/certificates")
    async def verify_certificates(
        *,
        after: Annotated[str, Query(max_length=80)] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = CHECKED_AT_ONCE,
    ) -> CertificatesChecked:
        """Compare some certificates with the ledger and with their signatures."""
        return await uses.proofs.check_certificates(after=after, limit=limit)

    return router


async def _own(uses: Uses, certificate_id: str, subject: str) -> CaseCertified:
    found = await uses.case_streams.certificate(certificate_id)
    if found.certificate["subject_id"] != subject:
        raise CaseNotFoundError
    return found


def _json(certified: CaseCertified) -> Response:
    content = file_of(certified).model_dump_json(indent=2)
    return _download(content.encode(), "application/json", certified, "json")


async def _pdf(uses: Uses, certified: CaseCertified) -> Response:
    attachment = file_of(certified).model_dump_json(indent=2).encode()
    content = await asyncio.to_thread(
        _signed_pdf, certified.certificate, attachment, uses.key.private
    )
    return _download(content, "application/pdf", certified, "pdf")


def _signed_pdf(certificate: dict[str, Any], attachment: bytes, key: Ed25519PrivateKey) -> bytes:
    # Drawing and signing PDFs brings more modules than all the rest: the service starts without.
    from services.retention.adapters.certificate_pdf import signed_pdf  # noqa: PLC0415

    return signed_pdf(certificate, attachment, key)


def _download(content: bytes, kind: str, certified: CaseCertified, ending: str) -> Response:
    name = f"carionexiq-{certified.certificate['certificate_id']}.{ending}"
    return download(content, kind, name)


async def certificate_view(uses: Uses, case_id: str) -> dict[str, Any]:
    """Return a certificate with its signature, checked now."""
    record = await uses.case_streams.certificate(case_id)
    return {
        **record.certificate,
        "signature": record.signature,
        "key_id": record.key_id,
        "genuine": uses.key.is_genuine(record.certificate, record.signature),
    }
