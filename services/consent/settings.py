"""What the consent service needs to start, beside what every service needs."""

from pydantic import Field, SecretStr

from shared.settings import Settings


class ConsentSettings(Settings):
    """Settings of the consent service."""

    link_secret: SecretStr = Field(min_length=16)
    """Key that signs the links in e-mails; the notify service has the same."""
    retired_link_secrets: tuple[SecretStr, ...] = ()
    """Keys that signed links before, newest first, as a JSON list: what was sent stays valid."""
