"""The record of processing activities over HTTP (GDPR art. 30)."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import Response

from services.retention.application.processing_record import ProcessingRecords
from services.retention.domain.processing.record import Record
from shared.http.download import download
from shared.words import Language

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def processing_record_router(records: ProcessingRecords) -> APIRouter:
    """Return the routes of the record."""
    router = APIRouter(tags=["record of processing"])

    @router.get("/record-of-processing")
    async def record() -> Record:
        """Return every processing activity, as the rules, rights and processors have it now."""
        return await records.current()

    @router.get("/record-of-processing/spreadsheet", response_class=Response)
    async def spreadsheet(language: Language = "fr") -> Response:
        """Return the record as a spreadsheet (XLSX) with the columns of the CNIL's model."""
        content = await asyncio.to_thread(_sheet, await records.current(), language)
        return download(content, XLSX, f"carionexiq-record-of-processing-{language}.xlsx")

    return router


def _sheet(record: Record, language: Language) -> bytes:
    # The library takes longer to import than the service has to start.
    from services.retention.adapters.record_sheet import sheet_of  # noqa: PLC0415

    return sheet_of(record, language)
