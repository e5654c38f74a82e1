"""What is looked at once the years are over: every key, document, record and byte."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.demo.drive.people import Person
from deploy.demo.drive.system import DemoSystem
from deploy.demo.drive.witness import open_everything
from deploy.demo.drive.years import Lived
from deploy.demo.lives.canaries import Canary
from deploy.demo.oracle.keys import KeyLife, key_lives
from deploy.demo.report.model import Control
from deploy.demo.scan.media import kafka_records, plant_markers, scan_documents, scan_files
from deploy.demo.scan.scanner import Finding, Scanner
from deploy.demo.scan.sealed import Attempt, sealed_in_records, try_everything
from shared.database import MongoClient
from shared.inspection import StoredDocument, as_document, stored_documents
from shared.personal import Category, Sealed
from shared.searching.sealed import sealed_values

VAULT: str = "carionexiq_vault"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything found."""

    keys: tuple[KeyLife, ...]
    readable: frozenset[Canary]
    """Planted values found in plain in any byte."""
    places: frozenset[tuple[str, str]]
    """Media and encodings in which they were found."""
    controls: tuple[Control, ...]
    attempt: Attempt
    bytes_read: int


async def gather_evidence(system: DemoSystem, lived: Lived) -> Evidence:
    """Search the system and stop it on the way, so that its files are complete.

    Raises:
        DemoFailedError: the system failed.
    """
    settings = system.settings
    ends = system.settler.ends
    try:
        markers = await plant_markers(settings)
        documents = list(stored_documents(settings.mongodb))
        records = await kafka_records(settings, ends)
        attempt = await _try_all(system, documents, records)
    finally:
        await lived.witness.stop()
    await system.stop()
    values = [*(canary.cores for canary in lived.planted), *((m,) for m in markers.values())]
    scanner = Scanner(values)
    findings = scan_documents(scanner, documents)
    findings |= scanner.scan(records, "kafka records")
    findings |= scan_files(scanner, settings.data_dir)
    first_marker = len(lived.planted)
    found = [finding for finding in findings if finding.value < first_marker]
    return Evidence(
        keys=tuple(key_lives(_vault_keys(documents))),
        readable=frozenset(lived.planted[finding.value] for finding in found),
        places=frozenset((finding.medium, finding.form) for finding in found),
        controls=_controls(markers.by_medium, markers.values(), findings, first_marker),
        attempt=attempt,
        bytes_read=scanner.bytes_read,
    )


def scope_of(canary: Canary, people: dict[str, Person]) -> tuple[str, Category, str]:
    """Return the subject, category and object under which a canary was sealed."""
    person = people[canary.owner]
    of_prospect = canary.category is Category.PROSPECT
    subject = person.prospect_subject if of_prospect else person.subject
    return subject, canary.category, person.object_of(canary.object)


def _vault_keys(documents: Sequence[StoredDocument]) -> list[dict[str, object]]:
    return [
        as_document(document)
        for document in documents
        if document.database == VAULT and document.collection in ("keys", "tombstones")
    ]


async def _try_all(
    system: DemoSystem, documents: Sequence[StoredDocument], records: Sequence[bytes]
) -> Attempt:
    sealed: dict[str, Sealed] = {}
    for document in documents:
        if document.database != VAULT:
            for value in sealed_values(as_document(document)):
                sealed[value.box] = value
    for value in sealed_in_records(records):
        sealed[value.box] = value
    client = MongoClient(system.settings.mongodb, system.settings.namespace)
    try:
        vault = open_everything(system.settings, client, system.clock)
        return await try_everything(vault, sealed.values())
    finally:
        client.close()


def _controls(
    media: dict[str, str], values: Sequence[str], findings: set[Finding], first: int
) -> tuple[Control, ...]:
    seen = {(finding.medium, finding.value) for finding in findings}
    return tuple(
        Control(medium=medium, found=(medium, first + values.index(marker)) in seen)
        for medium, marker in sorted(media.items())
    )
