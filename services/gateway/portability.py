"""The portability file as it is handed over and as it is previewed; pure (C8.5)."""

import base64
import binascii
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from services.gateway.wording import Wording, marked
from shared.packaging import PackageFile, csv_table, package
from shared.portability.file import (
    ConsentPart,
    Course,
    IdentityPart,
    Imported,
    LearningPart,
    PortabilityFile,
    Source,
    portability_file,
    schema,
)
from shared.portability.reading import DATA, MOST_BYTES, Defect, UnreadableFileError, read
from shared.portability.statements import statements
from shared.portability.tables import tables

JSON: Final = "application/json"
CSV: Final = "text/csv; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
AT_ONCE: Final = 20
"""Records that learning takes in one request."""
BYTES_AT_ONCE: Final = 512 * 1024
ACCOUNTS: Final = UUID("2a9a6f7e-6a56-5b7f-8f2e-1f4b0c8d9e35")
"""Name space of the names that accounts have in files: they say nothing, here or elsewhere."""
README: Final[Mapping[str, str]] = {"fr": "LISEZMOI.txt", "en": "README.txt"}
ABOUT: Final = (
    marked("This file holds what you provided to %(platform)s, also by learning there."),
    marked("It was made on %(moment)s (Paris time). It is yours: take it where you like."),
    "",
    marked("portability.json: everything, for another platform."),
    marked("portability.schema.json: the shape of it (JSON Schema, draft 2020-12)."),
    marked("csv/: the same as tables (RFC 4180, UTF-8); LibreOffice and Excel open them."),
    marked("An apostrophe in them stands before what a spreadsheet would take for a formula."),
    marked("xapi/statements.json: what you learnt as xAPI 1.0.3 statements, for other platforms."),
    marked("Your account has an opaque name in them, not yours."),
    marked("manifest.json: the SHA-256 of each file, to check that nothing was changed."),
    "",
    marked("Not in it: what our staff or our systems made of it (assessments, logs, invoices),"),
    marked("what is about other people, and whatever opens your account."),
    marked("« My data » shows all of that."),
    marked("Files that you sent to support are named here; download them on « Help »."),
    marked("Certifications are attested only by the platform that granted them."),
)
"""Lines of the readme."""


def account_name(subject: str) -> str:
    """Return the name that the account of `subject` has in files."""
    return str(uuid5(ACCOUNTS, subject))


def compose(
    source: Source, made_at: datetime, identity: object, learning: object, consent: object
) -> PortabilityFile:
    """Return the file that the services' answers make up.

    Raises:
        pydantic.ValidationError: a service of another release answered in another shape.
    """
    return portability_file(
        source,
        made_at,
        IdentityPart.model_validate(identity),
        LearningPart.model_validate(learning),
        ConsentPart.model_validate(consent),
    )


def packed(file: PortabilityFile, words: Wording) -> bytes:
    """Return the ZIP that is handed over, its readme in the person's language."""
    platform, moment = host_of(file.source), words.moment(file.made_at)
    about = [words.say(line, platform=platform, moment=moment) if line else "" for line in ABOUT]
    files = [
        PackageFile(README[words.language], TEXT, "\r\n".join([*about, ""]).encode()),
        PackageFile(DATA, JSON, file.model_dump_json(indent=2).encode()),
        PackageFile("portability.schema.json", JSON, _json(schema())),
        PackageFile("xapi/statements.json", JSON, _json(statements(file.brought))),
        *(
            PackageFile(f"csv/{one.name}.csv", CSV, csv_table(one.columns, one.rows))
            for one in tables(file)
        ),
    ]
    return package("portability", files, file.made_at)


def host_of(source: Source) -> str:
    """Return where a record is from, as people name it."""
    return urlsplit(source.home_page).netloc


def carried(file: PortabilityFile) -> str:
    """Return a file that was read in a form's field, until its owner has decided."""
    text = file.model_dump_json().encode()
    return base64.urlsafe_b64encode(zlib.compress(text)).decode()


def carried_file(field: str) -> PortabilityFile:
    """Return the file that `carried` put into a field, read again as carefully as the first time.

    Raises:
        UnreadableFileError: it is not one.
    """
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(base64.urlsafe_b64decode(field), MOST_BYTES)
    except (zlib.error, binascii.Error, ValueError):
        raise UnreadableFileError(Defect.DAMAGED) from None
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise UnreadableFileError(Defect.DAMAGED)
    return read(text)


@dataclass(frozen=True, slots=True)
class Change:
    """A value of the profile that would become another one."""

    field: str
    here: str | None
    brought: str


@dataclass(frozen=True, slots=True)
class BroughtRecord:
    """A course or session of the file, and what would become of it."""

    brought: Imported
    state: str
    """`new`, `changed`, `known` or `own`."""

    @property
    def host(self) -> str:
        """The platform it is from."""
        return host_of(self.brought.source)

    @property
    def answers(self) -> int:
        """How many answers it has."""
        record = self.brought.record
        return len(record.answers) if isinstance(record, Course) else 0

    @property
    def decision(self) -> str | None:
        """What that platform says of a certification."""
        record = self.brought.record
        return (
            record.decisions[-1].decision
            if isinstance(record, Course) and record.decisions
            else None
        )

    def title(self, language: str) -> str | None:
        """Return what the course is called; a session has no title."""
        record = self.brought.record
        return str(getattr(record.title, language)) if isinstance(record, Course) else None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be taken of a file, and what not."""

    file: PortabilityFile
    changes: Sequence[Change]
    records: Sequence[BroughtRecord]

    @property
    def host(self) -> str:
        """The platform that made the file."""
        return host_of(self.file.source)

    @property
    def taken(self) -> Sequence[BroughtRecord]:
        """Records that would be kept."""
        return [one for one in self.records if one.state in ("new", "changed")]

    @property
    def nothing(self) -> bool:
        """Whether all of it is here already."""
        return not self.changes and not self.taken


ELSEWHERE: Final = ("telephone", "zone")
"""What is taken beside the profile."""


def preview(file: PortabilityFile, account: Mapping[str, Any], kept: Mapping[str, Any]) -> Preview:
    """Return what would become of `file`.

    Args:
        file: what was brought.
        account: the learner's account here, as identity shows it.
        kept: the records from elsewhere that are here already, as learning shows them.
    """
    here = {**(account.get("profile") or {}), **{name: account.get(name) for name in ELSEWHERE}}
    told = {**file.profile.model_dump(), **{name: getattr(file.person, name) for name in ELSEWHERE}}
    changes = [
        Change(name, here.get(name), value)
        for name, value in told.items()
        if value and value != here.get(name) and not (name == "telephone" and here.get(name))
    ]
    own = frozenset(kept["own"])
    known = {one.brought.place: one.brought for one in shown_records(kept)}
    records = [BroughtRecord(one, _state(one, own, known)) for one in file.brought]
    return Preview(file, changes, records)


def shown_records(kept: Mapping[str, Any]) -> list[BroughtRecord]:
    """Return the records from elsewhere that are here, as learning shows them."""
    return [
        BroughtRecord(Imported.model_validate(one["brought"]), "known") for one in kept["items"]
    ]


def in_batches(brought: Sequence[Imported]) -> Iterator[list[Imported]]:
    """Yield `brought` in as many as a service takes in one request."""
    batch: list[Imported] = []
    size = 0
    for one in brought:
        length = len(one.model_dump_json().encode())
        if batch and (len(batch) == AT_ONCE or size + length > BYTES_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield batch


def _state(
    brought: Imported, own: frozenset[str], known: Mapping[tuple[str, str, str], Imported]
) -> str:
    if brought.record.id in own:
        return "own"
    here = known.get(brought.place)
    if here is None:
        return "new"
    return "known" if here == brought else "changed"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
