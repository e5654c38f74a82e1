"""A newsletter to everybody who consents, against bare aiosmtplib over as many sessions.

Ours is the whole of it: recipients streamed and opened, consent and suppression list checked, the
issue queued, rendered and handed over, what became of it stored and published.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import aiosmtplib
import dkim
import psutil
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tenacity import Retrying, TryAgain, stop_after_delay, wait_fixed

from bench import letters
from bench.rows import Row, at_most, ratio_at_least
from bench.stage import Stage, environment
from services.notify.application.publish import DOMAIN_EVENTS, publish
from services.notify.bootstrap import bootstrap
from services.notify.projections.recipients import Recipients
from services.notify.settings import NotifySettings
from shared.choices import Choices
from shared.choices.instant import instant
from shared.clock import VirtualClock
from shared.consuming.envelope import Envelope
from shared.consuming.projections import sealed_json
from shared.engines import free_ports
from shared.engines.ports import answers
from shared.events.base import SubjectId
from shared.events.consent import ConsentGranted
from shared.events.identity import LearnerRegistered
from shared.ids import new_id
from shared.personal import Personal
from shared.service import Runtime, create_app, describe_app

SESSIONS: Final = 8
DOMAINS: Final = 500
PAGE: Final = 500
MEBIBYTE: Final = 2**20
WATCHED_EVERY_SECONDS: Final = 0.2
NOON: Final = datetime(2026, 1, 6, 12, tzinfo=UTC)
CONTENT: Final = (
    b"From: a@b.test\r\nTo: c@d.test\r\nSubject: Lettre\r\n\r\n"
    + b"des mots pour une ligne de soixante-douze signes, comme il y en a tant\r\n" * 140
)
"""As many bytes as a newsletter has."""


async def measure(stage: Stage) -> list[Row]:
    """Measure messages a second, unsigned and signed, and memory after a tenth, half and all."""
    people = 100_000 if stage.full else stage.size(2_000, 40)
    with TemporaryDirectory(prefix="carionexiq-bench-") as folder:
        key = _dkim_key(Path(folder) / "dkim.pem")
        plain = await _issue(stage, people, None)
        signed = await _issue(stage, people, key)
    against = f"aiosmtplib, {SESSIONS} sessions, one ready message"
    library = f"{against}, signed by dkimpy"
    to, more = f"newsletter to {people:,}", f"newsletter to {people:,}, DKIM"
    return [
        Row(to, plain.rate, "messages/s", plain.bare, against, ratio_at_least(0.3)),
        Row(more, signed.rate, "messages/s", signed.bare, against, ratio_at_least(0.3)),
        Row(more, signed.rate, "messages/s", signed.bare_signed, library),
        *(
            Row(f"{more}: memory grown {when}", one, "MiB", goal=at_most(64))
            for when, one in zip(("by a tenth", "by half", "at the end"), signed.grown, strict=True)
        ),
        *letters.rows(stage.size(1_000, 20)),
    ]


@dataclass(frozen=True, slots=True)
class Issue:
    """What sending an issue came to, in messages a second."""

    rate: float
    bare: float
    bare_signed: float
    grown: tuple[float, ...]
    """MiB after a tenth, half and all of the time."""


async def _issue(stage: Stage, people: int, key: Path | None) -> Issue:
    """Send an issue to `people`, the library before and after it."""
    pem = None if key is None else await asyncio.to_thread(key.read_bytes)
    async with _notify(stage, key) as (runtime, port):
        await _people(runtime, people)
        own = min(people, stage.size(2_000, 40))
        bare, bare_signed = await _bare(port, own), await _bare(port, own // 4, pem)
        knowing = asyncio.create_task(_current(runtime.kernel.choices))
        began, before, samples = perf_counter(), _memory(), list[float]()
        watching = asyncio.create_task(_watch(samples))
        with stage.ours():
            figures = await runtime.scheduler.run_now("newsletter")
        rate = people / (perf_counter() - began)
        samples.append(_memory())
        knowing.cancel()
        watching.cancel()
        again = await _bare(port, own)
    if figures["sent"] != people:
        raise RuntimeError(f"sent {figures['sent']} of {people}")
    places = (len(samples) // 10, len(samples) // 2, -1)
    grown = tuple(max(samples[place] - before, 0) for place in places)
    return Issue(rate, (bare + again) / 2, bare_signed, grown)


async def _watch(samples: list[float]) -> None:
    while True:
        samples.append(_memory())
        await asyncio.sleep(WATCHED_EVERY_SECONDS)


def _dkim_key(file: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=letters.BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    file.write_bytes(pem)
    return file


@asynccontextmanager
async def _notify(stage: Stage, key: Path | None) -> AsyncIterator[tuple[Runtime, int]]:
    """Yield the running service and the port of a mail server that takes everything."""
    (port,) = free_ports(1)
    with TemporaryDirectory(prefix="carionexiq-bench-") as folder, _sink(port):
        data = Path(folder) / "data"
        data.mkdir()
        (data / "secrets").symlink_to(stage.engines.secrets_dir)
        VirtualClock(Path(folder) / "clock", start=NOON)
        settings = stage.settings().model_copy(
            update={"data_dir": data, "clock_file": Path(folder) / "clock", "log_level": "ERROR"}
        )
        own = {
            "CARIONEXIQ_LINK_SECRET": "a secret of invented people",
            "CARIONEXIQ_SMTP_HOST": "127.0.0.1",
            "CARIONEXIQ_SMTP_PORT": str(port),
            "CARIONEXIQ_SMTP_CONNECTIONS": str(SESSIONS + 2),
            "CARIONEXIQ_SEARCH_SECONDS": "0",
        }
        if key is not None:
            own["CARIONEXIQ_DKIM_KEY_FILE"] = str(key)
        with environment({**settings.service_environment(), **own}):
            app = create_app(
                "notify",
                settings=NotifySettings,
                domain_events=DOMAIN_EVENTS,
                publish=publish,
                bootstrap=bootstrap,
            )
            runtime = await describe_app(app)
            await runtime.start()
            try:
                yield runtime, port
            finally:
                await runtime.stop()


async def _people(runtime: Runtime, count: int) -> None:
    """Store recipients who consent, as the read model has them."""
    rows = runtime.database.collection(Recipients.name)
    for start in range(0, count, PAGE):
        facts = [_registered(number) for number in range(start, min(start + PAGE, count))]
        for fact in facts:
            runtime.kernel.choices.hear(_consent(fact.learner_id))
        sealed = await runtime.kernel.vault.seal_events(facts)
        await rows.insert_many(
            [_row(LearnerRegistered.model_validate(data)) for data in sealed], ordered=False
        )


async def _current(choices: Choices) -> None:
    """Stand in for consent's pulse: what is known here is all there is."""
    while True:
        choices.confirm(instant())
        await asyncio.sleep(0.1)


def _consent(learner: SubjectId) -> Envelope:
    granted = ConsentGranted(
        learner_id=learner,
        purpose="newsletter",
        text_version="newsletter-1",
        language="fr",
        channel="portal",
    )
    return Envelope(
        id=new_id(),
        type=granted.type_name(),
        version=granted.VERSION,
        source="consent",
        subject=learner,
        stream=f"consents-{learner}",
        sequence=1,
        time=NOON,
        correlation_id="bench",
        causation_id=None,
        traceparent=None,
        data=granted,
        topic="consent.events",
        partition=0,
        offset=0,
    )


def _registered(number: int) -> LearnerRegistered:
    return LearnerRegistered(
        learner_id=SubjectId(new_id()),
        first_name=Personal("Prénom"),
        last_name=Personal("Nom"),
        email=Personal(f"personne{number}@d{number % DOMAINS}.test"),
        language="fr" if number % 2 else "en",
        minor=False,
    )


def _row(registered: LearnerRegistered) -> dict[str, object]:
    return {
        "_id": registered.learner_id,
        "email": sealed_json(registered.email),
        "first_name": sealed_json(registered.first_name),
        "language": registered.language,
        "zone": None,
        "consents": ["newsletter"],
        "confirmed": True,
        "closing_case": None,
        "address_since": NOON,
        "recorded_at": NOON,
        **dict.fromkeys(("blocked", "closed", "archived", "erased"), False),
    }


async def _bare(port: int, count: int, pem: bytes | None = None) -> float:
    """Return how many messages a second the library alone hands over, signed where a key is."""

    async def one(share: int) -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False)
        async with client:
            for number in range(share):
                to = f"personne{number}@d{number % DOMAINS}.test"
                content = CONTENT
                if pem is not None:
                    content = dkim.sign(CONTENT, b"bench", b"b.test", pem) + CONTENT
                await client.sendmail("a@b.test", [to], content)

    began = perf_counter()
    await asyncio.gather(*(one(max(count // SESSIONS, 1)) for _ in range(SESSIONS)))
    return max(count // SESSIONS, 1) * SESSIONS / (perf_counter() - began)


@contextmanager
def _sink(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.mail_sink", str(port)]
    with subprocess.Popen(command) as sink:  # noqa: S603 - this interpreter
        try:
            for attempt in Retrying(stop=stop_after_delay(20), wait=wait_fixed(0.05)):
                with attempt:
                    if not answers(port):
                        raise TryAgain
            yield
        finally:
            sink.terminate()


def _memory() -> float:
    return float(psutil.Process().memory_full_info().uss) / MEBIBYTE
