"""Mail intake and external sign-in ask the register before anything is opened or sent (C10.1)."""

import httpx
import pytest
from pydantic import SecretStr

from services.identity.adapters.openid_provider import Client, OpenIDProvider, ProviderAwayError
from services.identity.settings import IdentitySettings
from services.notify.settings import NotifySettings
from shared.clock import SystemClock
from shared.imap import ImapMailbox, MailboxAddress, MailboxAwayError
from shared.settings import ConfigurationError, Settings, load_settings

CLIENT = Client(
    issuer="https://provider.test",
    client_id="carionexiq",
    client_secret="not a secret",
    redirect_uri="https://portal.test/back",
    acr_values=(),
    amr_values=(),
)


async def refused() -> str | None:
    return "guarantee_over"


async def allowed() -> str | None:
    return None


@pytest.mark.promise("C10.1")
async def test_a_mailbox_is_not_even_reached_when_no_data_may_flow_from_it(
    unused_tcp_port: int,
) -> None:
    address = MailboxAddress(
        "127.0.0.1", unused_tcp_port, "none", "desk", SecretStr("s"), "INBOX", "Set aside", 1.0
    )
    for stopped, says in ((refused, "transfer refused: guarantee_over"), (allowed, "Refused")):
        with pytest.raises(MailboxAwayError, match=says):
            async with ImapMailbox(address, stopped).opened():
                pytest.fail("it was opened")


@pytest.mark.promise("C10.1")
async def test_the_provider_is_not_asked_when_no_data_may_flow_to_it() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(503)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        for stopped in (refused, allowed):
            provider = OpenIDProvider(CLIENT, http, SystemClock(), stopped)
            for ask in (
                provider.address("state", "nonce", "v" * 43),
                provider.vouch("code", "nonce", "v" * 43),
            ):
                with pytest.raises(ProviderAwayError):
                    await ask
    assert asked == ["/.well-known/openid-configuration"] * 2, "by the one that may"


@pytest.mark.promise("C10.1", "C6.1")
@pytest.mark.parametrize(
    ("settings", "named", "beyond"),
    [
        (IdentitySettings, "IMAP_PROCESSOR", {"IMAP_HOST": "imap.elsewhere.test"}),
        (
            IdentitySettings,
            "OIDC_PROCESSOR",
            {
                "OIDC_ISSUER": "https://provider.test",
                "OIDC_CLIENT_ID": "carionexiq",
                "OIDC_CLIENT_SECRET": "not a secret",
            },
        ),
        (NotifySettings, "SMTP_PROCESSOR", {"SMTP_HOST": "smtp.elsewhere.test", "SMTP_TLS": "tls"}),
        (NotifySettings, "RETURN_IMAP_PROCESSOR", {"RETURN_IMAP_HOST": "imap.elsewhere.test"}),
    ],
    ids=["mail in", "staff sign-in", "mail out", "what comes back"],
)
def test_what_is_on_another_machine_needs_its_processor_named(
    monkeypatch: pytest.MonkeyPatch, settings: type[Settings], named: str, beyond: dict[str, str]
) -> None:
    monkeypatch.setenv("CARIONEXIQ_LINK_SECRET", "a secret for the tests alone")
    load_settings(settings)
    for name, value in beyond.items():
        monkeypatch.setenv(f"CARIONEXIQ_{name}", value)
    with pytest.raises(ConfigurationError, match=f"CARIONEXIQ_{named}: .*name its processor"):
        load_settings(settings)
    monkeypatch.setenv(f"CARIONEXIQ_{named}", "somebody")
    load_settings(settings)
