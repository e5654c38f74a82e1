"""Handing messages to the e-mail provider over SMTP."""

import asyncio
import ssl
from email.message import EmailMessage
from typing import Final

import aiosmtplib

from services.notify.domain.errors import DeliveryError
from services.notify.settings import NotifySettings

AWAY_SECONDS: Final = 15.0
"""After a failed connection, how long no other message waits for the same failure."""

PERMANENT_FROM: Final = 500


class SmtpMailer:
    """One connection per message; a provider that is away is not asked for every message."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings
        self._away_until = 0.0

    async def send(self, message: EmailMessage) -> None:
        """Return once the provider has taken `message`.

        Raises:
            DeliveryError: it refused, or could not be reached.
        """
        now = asyncio.get_running_loop().time
        if now() < self._away_until:
            raise DeliveryError("provider-away", permanent=False)
        client = self._client()
        try:
            recipients = [address.addr_spec for address in message["To"].addresses]
            async with client:
                await client.sendmail(self._settings.mail_from, recipients, message.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = error.recipients[0].code
            raise DeliveryError(str(code), permanent=code >= PERMANENT_FROM) from None
        except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPNotSupported):
            # Ours to repair: no person's message is given up for it.
            raise DeliveryError("not-authorised", permanent=False) from None
        except aiosmtplib.SMTPResponseException as error:
            permanent = error.code >= PERMANENT_FROM
            raise DeliveryError(str(error.code), permanent=permanent) from None
        except ValueError:
            raise DeliveryError("unwritable.address", permanent=True) from None
        except (aiosmtplib.SMTPException, OSError):
            self._away_until = now() + AWAY_SECONDS
            raise DeliveryError("provider-away", permanent=False) from None

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        password = settings.smtp_password
        return aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            timeout=settings.smtp_timeout_seconds,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            tls_context=ssl.create_default_context() if settings.smtp_tls != "none" else None,
            username=settings.smtp_username,
            password=None if password is None else password.get_secret_value(),
        )
