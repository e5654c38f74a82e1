"""Handing messages to the e-mail provider over SMTP."""

import asyncio
import re
from typing import Final

import aiosmtplib

from services.notify.adapters.dkim_signing import DkimSigner
from services.notify.adapters.handovers import Handovers
from services.notify.adapters.smtp_connections import Connection, Connections
from services.notify.application.ports import Outgoing
from services.notify.domain.errors import DeliveryError
from services.notify.settings import NotifySettings

AWAY_SECONDS: Final = 15.0
"""After a failed connection, how long no other message waits for the same failure."""

PERMANENT_FROM: Final = 500
CLOSING: Final = 421
"""The service is not available (RFC 5321): no message would fare better."""
STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
LINE_WITH_DOT: Final = re.compile(rb"^\.", re.MULTILINE)

ACCEPTED: Final = frozenset({250, 251})
"""Taken, or taken and forwarded (RFC 5321)."""
AWAY: Final = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError)
SESSION_ENDED: Final = DeliveryError("session-ended", permanent=False)


class SmtpMailer:
    """Hands over over few connections; a provider that is away is not asked for every message."""

    def __init__(
        self, settings: NotifySettings, handovers: Handovers, signer: DkimSigner | None
    ) -> None:
        self._connections = Connections(settings)
        self._timeout = settings.smtp_timeout_seconds
        self._handovers = handovers
        self._signer = signer
        self._away_until = 0.0

    async def signed(self, content: bytes) -> bytes:
        """Return `content` with its signature, where this service signs.

        OpenSSL computes it in a thread: meanwhile others are written, sent and answered.
        """
        if self._signer is None:
            return content
        return await asyncio.to_thread(self._signer.signed, content)

    async def send(self, mail: Outgoing) -> None:
        """Return once the provider has taken `mail`.

        Raises:
            DeliveryError: it refused, could not be reached, or nobody knows.
        """
        now = asyncio.get_running_loop().time
        if now() < self._away_until:
            raise DeliveryError("provider-away", permanent=False)
        try:
            # A session that the server ended meanwhile says nothing of this message.
            while (outcome := await self._handed_over(mail)) is SESSION_ENDED:
                pass
        except (
            aiosmtplib.SMTPAuthenticationError,
            aiosmtplib.SMTPNotSupported,
            aiosmtplib.SMTPSenderRefused,
        ):
            # Ours to repair: no person's message is given up for it.
            raise DeliveryError("not-authorised", permanent=False) from None
        except (aiosmtplib.SMTPException, OSError):
            # Also where its certificate does not hold, which is a ValueError as well.
            self._away_until = now() + AWAY_SECONDS
            raise DeliveryError("provider-away", permanent=False) from None
        except ValueError:
            raise DeliveryError("unwritable.address", permanent=True) from None
        if outcome is not None:
            raise outcome

    def settled(self, message_id: str) -> None:
        """Note that what became of a message is stored."""
        self._handovers.settled(message_id)

    async def close(self) -> None:
        """End every session."""
        await self._connections.close()
        self._handovers.close()

    async def _handed_over(self, mail: Outgoing) -> DeliveryError | None:
        """Hand `mail` over and return what the provider has against it, if anything."""
        async with self._connections.one(mail.priority) as connection:
            try:
                await _mail(connection, mail.sender)
            except AWAY:
                if connection.fresh:
                    raise
                return SESSION_ENDED
            return await self._to(mail, connection.client)

    async def _to(self, mail: Outgoing, client: aiosmtplib.SMTP) -> DeliveryError | None:
        """Name the recipient and send the content; what fails here is the domain's, not ours."""
        try:
            await _ordered(client, b"RCPT", b"TO:", mail.to)
            answer = await client.execute_command(b"DATA", timeout=self._timeout)
            if answer.code != aiosmtplib.SMTPStatus.start_input:
                raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        except aiosmtplib.SMTPResponseException as error:
            return await _reset(client, _refused(error.code, error.message))
        except aiosmtplib.SMTPTimeoutError:
            return DeliveryError("slow", permanent=False, of_domain=True)
        except AWAY:
            return DeliveryError("disconnected", permanent=False, of_domain=True)
        return await self._content(mail, client)

    async def _content(self, mail: Outgoing, client: aiosmtplib.SMTP) -> DeliveryError | None:
        """Send the content and read what the provider says of it, if it says anything."""
        protocol = client.protocol
        if protocol is None:
            return DeliveryError("disconnected", permanent=False, of_domain=True)
        self._handovers.going_out(mail.message_id)
        try:
            protocol.write(LINE_WITH_DOT.sub(b"..", mail.content) + b".\r\n")
            answer = await protocol.read_response(timeout=self._timeout)
        except AWAY:
            # The answer may still come, and would be taken for that to another command.
            client.close()
            return DeliveryError("in-doubt", permanent=False, doubtful=True, of_domain=True)
        if answer.code != aiosmtplib.SMTPStatus.completed:
            self._handovers.settled(mail.message_id)
            return _refused(answer.code, answer.message)
        self._handovers.taken(mail.message_id)
        return None


async def _mail(connection: Connection, sender: str) -> None:
    """Begin a message; the library says who we are first, where that has not been said."""
    if connection.fresh or not sender.isascii():
        await connection.client.mail(sender)
    else:
        await _ordered(connection.client, b"MAIL", b"FROM:", sender)


async def _ordered(client: aiosmtplib.SMTP, verb: bytes, what: bytes, address: str) -> None:
    """Give an order about an address; the library would take it apart once more.

    Raises:
        aiosmtplib.SMTPResponseException: it is refused.
        ValueError: it cannot be written.
    """
    if not address.isascii() or any(one in address for one in "\r\n<> "):
        raise ValueError("an address without a line break in ASCII")
    answer = await client.execute_command(verb, what + f"<{address}>".encode("ascii"))
    if answer.code not in ACCEPTED:
        refused = (
            aiosmtplib.SMTPSenderRefused if verb == b"MAIL" else aiosmtplib.SMTPRecipientRefused
        )
        raise refused(answer.code, answer.message, address)


async def _reset(client: aiosmtplib.SMTP, refusal: DeliveryError) -> DeliveryError:
    """Make the session ready for another message."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()
    return refusal


def _refused(code: int, words: str) -> DeliveryError:
    """Return what a reply means; of its words only the status code is kept."""
    found = STATUS.search(words)
    return DeliveryError(
        str(code),
        permanent=code >= PERMANENT_FROM,
        status=found[1] if found else None,
        of_domain=code == CLOSING,
    )
