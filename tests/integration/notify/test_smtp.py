"""Handing over to real mail servers that are slow, refuse, disconnect, or are not who they say."""

import asyncio
import base64
import ssl
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import dkim
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from services.notify.adapters.dkim_signing import DkimSigner
from services.notify.adapters.handovers import Handovers
from services.notify.adapters.smtp import SmtpMailer
from services.notify.adapters.traffic import Traffic, load_providers
from services.notify.application.ports import Outgoing
from services.notify.domain.errors import BusyError, DeliveryError
from services.notify.settings import NotifySettings
from shared.engines import free_ports

SECRET = "a secret for the tests alone"
CONTENT = (
    b"From: contact@carionexiq.test\r\nTo: x@y.test\r\nSubject: Essai\r\nMessage-ID: <m@x>\r\n"
    b"\r\nBonjour\r\n.une ligne avec un point\r\n"
)


class Server:
    """A mail server that treats each domain as told."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.sessions: set[int] = set()
        self.before: dict[str, Callable[[SMTP], Awaitable[str]]] = {}
        self.after: dict[str, Callable[[SMTP], Awaitable[str]]] = {}

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any
    ) -> str:
        """Do what is told of the domain before its content comes."""
        self.sessions.add(id(session))
        envelope.rcpt_tos.append(address)
        act = self.before.get(address.partition("@")[2])
        return "250 OK" if act is None else await act(server)

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the message, and do what is told of the domain."""
        self.taken.append(envelope)
        act = self.after.get(envelope.rcpt_tos[0].partition("@")[2])
        return "250 OK" if act is None else await act(server)


async def hangs(_: SMTP) -> str:
    await asyncio.Event().wait()
    raise AssertionError


async def disconnects(server: SMTP) -> str:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()
    return "250 OK"


def says(reply: str) -> Callable[[SMTP], Awaitable[str]]:
    async def act(_: SMTP) -> str:
        return reply

    return act


@contextmanager
def served(server: Server, **options: Any) -> Iterator[int]:
    (port,) = free_ports(1)
    controller = Controller(server, hostname="127.0.0.1", port=port, **options)
    controller.start()
    yield port
    controller.stop()


@pytest.fixture
def server() -> Iterator[tuple[Server, int]]:
    server = Server()
    with served(server) as port:
        yield server, port


def settings(port: int, folder: Path, **fields: Any) -> NotifySettings:
    given = {"smtp_timeout_seconds": 0.5, "smtp_connections": 4, **fields}
    return NotifySettings(link_secret=SECRET, data_dir=folder, smtp_port=port, **given)


def mailer(port: int, folder: Path, **fields: Any) -> SmtpMailer:
    told = settings(port, folder, **fields)
    return SmtpMailer(told, Handovers(folder / "handovers"), DkimSigner.of(told))


def mail(domain: str, number: int = 0, priority: int = 1) -> Outgoing:
    to = f"personne{number}@{domain}"
    return Outgoing(f"m-{domain}-{number}", "retour@carionexiq.test", to, CONTENT, priority)


async def refusal(sender: SmtpMailer, one: Outgoing) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await sender.send(one)
    return caught.value


async def test_one_session_carries_many_messages(
    server: tuple[Server, int], tmp_path: Path
) -> None:
    post, port = server
    sender = mailer(port, tmp_path)
    for number in range(5):
        await sender.send(mail("a.test", number))
    await sender.close()
    assert (len(post.taken), len(post.sessions)) == (5, 1)
    assert post.taken[0].content == CONTENT


async def test_what_a_server_says_is_told_apart(server: tuple[Server, int], tmp_path: Path) -> None:
    post, port = server
    post.before = {
        "grey.test": says("451 4.7.1 greylisted"),
        "unknown.test": says("550 5.1.1 no such user"),
        "closing.test": says("421 4.3.2 come back later"),
        "slow.test": hangs,
        "gone.test": disconnects,
    }
    post.after = {"lost.test": disconnects, "spam.test": says("554 5.7.1 refused")}
    sender = mailer(port, tmp_path)
    found = {}
    for domain in (*post.before, *post.after):
        error = await refusal(sender, mail(domain))
        found[domain] = (error.code, error.permanent, error.doubtful, error.of_domain)
    assert found == {
        "grey.test": ("451", False, False, False),
        "unknown.test": ("550", True, False, False),
        "closing.test": ("421", False, False, True),
        "slow.test": ("slow", False, False, True),
        "gone.test": ("disconnected", False, False, True),
        "lost.test": ("in-doubt", False, True, True),
        "spam.test": ("554", True, False, False),
    }
    post.before.pop("grey.test")
    await sender.send(mail("grey.test"))
    await sender.close()
    assert post.taken[-1].rcpt_tos == ["personne0@grey.test"]


async def test_a_session_that_the_server_ended_is_opened_anew(
    server: tuple[Server, int], tmp_path: Path
) -> None:
    post, port = server
    sender = mailer(port, tmp_path)
    await sender.send(mail("a.test"))

    # The mail server has a thread of its own.
    ended = threading.Event()

    async def ends_afterwards(it: SMTP) -> str:
        assert isinstance(it.transport, asyncio.Transport)
        asyncio.get_running_loop().call_later(0.01, it.transport.close)
        asyncio.get_running_loop().call_later(0.05, ended.set)
        return "250 OK"

    post.after["b.test"] = ends_afterwards
    await sender.send(mail("b.test"))
    assert await asyncio.to_thread(ended.wait, 10)
    await sender.send(mail("a.test", 2))
    await sender.close()
    assert len(post.taken) == 3


async def test_a_domain_that_hangs_holds_up_no_other(
    server: tuple[Server, int], tmp_path: Path
) -> None:
    post, port = server
    post.before["slow.test"] = hangs
    sender, lanes = mailer(port, tmp_path), Traffic(load_providers(), connections=4)
    outcomes: Counter[str] = Counter()

    async def one(domain: str, number: int) -> None:
        try:
            async with lanes.turn(domain, may_wait=False):
                await sender.send(mail(domain, number))
            outcomes[f"{domain} sent"] += 1
        except BusyError:
            outcomes[f"{domain} busy"] += 1
        except DeliveryError as error:
            outcomes[f"{domain} {error.code}"] += 1

    async with asyncio.TaskGroup() as tasks:
        for number in range(10):
            tasks.create_task(one("slow.test", number))
        for number in range(12):
            tasks.create_task(one(f"d{number}.test", number))
    await one("slow.test", 11)
    await sender.close()
    assert outcomes["slow.test slow"] == 2
    assert outcomes["slow.test busy"] == 9
    assert len(post.taken) == 12


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """Return a certificate for `name` and what a server shows it with."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)  # noqa: TID251 - OpenSSL checks it against the machine's
    named = x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(named, critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return public, context


@pytest.mark.promise("C6.1")
async def test_where_encryption_is_asked_for_nothing_leaves_without_it(
    server: tuple[Server, int], tmp_path: Path
) -> None:
    plain, plain_port = server
    unencrypted = mailer(plain_port, tmp_path, smtp_tls="starttls")
    assert not (await refusal(unencrypted, mail("a.test"))).permanent
    ours, context = certificate(tmp_path, "127.0.0.1")
    others, wrong_name = certificate(tmp_path, "127.0.0.2")
    secured = Server()
    with served(secured, tls_context=context, require_starttls=True) as port:
        unknown = await refusal(mailer(port, tmp_path, smtp_tls="starttls"), mail("a.test"))
        assert (unknown.code, unknown.permanent) == ("provider-away", False)
        trusted = mailer(port, tmp_path, smtp_tls="starttls", smtp_ca_file=ours)
        await trusted.send(mail("a.test"))
        await trusted.close()
        assert len(secured.taken) == 1
    with served(secured, tls_context=wrong_name, require_starttls=True) as port:
        other = mailer(port, tmp_path, smtp_tls="starttls", smtp_ca_file=others)
        assert (await refusal(other, mail("a.test"))).code == "provider-away"
    assert (len(plain.taken), len(secured.taken)) == (0, 1)


async def test_a_signed_message_verifies_and_a_changed_one_does_not(
    server: tuple[Server, int], tmp_path: Path
) -> None:
    post, port = server
    key, file = rsa.generate_private_key(65537, 2048), tmp_path / "dkim.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    from_address = "contact@carionexiq.test"
    sender = mailer(
        port, tmp_path, dkim_key_file=file, dkim_selector="essai", mail_from=from_address
    )
    unsigned = mail("a.test")
    await sender.send(replace(unsigned, content=await sender.signed(unsigned.content)))
    await sender.close()
    asked: list[bytes] = []

    def answer(name: bytes, **_: Any) -> bytes:
        asked.append(name)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    content = post.taken[0].content
    assert isinstance(content, bytes)
    assert dkim.verify(content, dnsfunc=answer)
    assert set(asked) == {b"essai._domainkey.carionexiq.test."}
    assert not dkim.verify(content.replace(b"Bonjour", b"Bonsoir"), dnsfunc=answer)
    assert not dkim.verify(content.replace(b"Essai", b"Autre"), dnsfunc=answer)
