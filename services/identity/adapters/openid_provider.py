"""An external OpenID Connect provider that staff sign in with (OpenID Connect Core 1.0, RFC 9700).

Authlib knows the protocol and the claims, joserfc the signatures; what is sent and asked is httpx.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from shared import telemetry
from shared.clock import Clock
from shared.personal import Personal

SCOPE: Final = "openid email"
ALGORITHMS: Final = ("ES256", "ES384", "PS256", "RS256", "Ed25519", "EdDSA")
"""What an ID token may be signed with: public keys alone, never a shared secret or nothing."""
LEEWAY_SECONDS: Final = 30
LOGOUT_TYPE: Final = "logout+jwt"
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
LONGEST_LOGOUT_SECONDS: Final = 600
"""How long a logout token may live; that it served is remembered for longer."""
LARGEST_ANSWER: Final = 256 * 1024

log = telemetry.logger(__name__)


class ProviderAwayError(Exception):
    """The provider does not answer, or not as its metadata has to."""


class ProviderRefusedError(Exception):
    """The provider did not vouch for anybody, or what it said cannot be believed."""


class WeakSignInError(Exception):
    """The provider knows who it is, but not by the means that are asked for here."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are at the provider, and what we ask of it."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    acr_values: tuple[str, ...]
    """One of these must be how somebody was authenticated; any way will do where there are none."""
    amr_values: tuple[str, ...]
    """One of these must be among the means that were used; any will do where there are none."""


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """Whom the provider says has signed out there."""

    subject: Personal[str]
    token_id: str
    """Of the logout token, which counts once."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouched for."""

    subject: Personal[str]
    """Its own id of the person, which it gives to nobody else ever."""
    email: Personal[str] | None
    """The address, if the provider has verified it."""


class OpenIDProvider:
    """Leads people to the provider, and believes what it says when they are back."""

    def __init__(
        self,
        client: Client,
        http: httpx.AsyncClient,
        clock: Clock,
        stopped: Callable[[], Awaitable[str | None]],
    ) -> None:
        """Describe the provider; `stopped` tells why no data may flow to it now, if so."""
        self._stopped = stopped
        self._client = client
        self._http = http
        self._clock = clock

    @property
    def issuer(self) -> str:
        """Which provider it is."""
        return self._client.issuer

    @property
    def requires_strength(self) -> bool:
        """Whether only strong authentication at the provider counts."""
        return bool(self._client.acr_values or self._client.amr_values)

    async def address(self, state: str, nonce: str, verifier: str) -> str:
        """Return where a browser is sent to sign in (authorisation code with PKCE).

        Raises:
            ProviderAwayError: the provider does not tell where.
        """
        metadata = await self._metadata()
        address: str = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self._client.client_id,
            "code",
            redirect_uri=self._client.redirect_uri,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            acr_values=" ".join(self._client.acr_values) or None,
        )
        return address

    async def vouch(self, code: str, nonce: str, verifier: str) -> Vouched:
        """Return whom the provider vouches for by `code`.

        Raises:
            ProviderAwayError: it does not answer.
            ProviderRefusedError: it refuses, or its ID token is not for us, for this sign-in, now.
            WeakSignInError: it does not say that authentication was strong enough.
        """
        metadata = await self._metadata()
        answer = await self._token(metadata["token_endpoint"], code, verifier)
        keys = await self._json("GET", metadata["jwks_uri"])
        try:
            claims = self._checked(answer, keys, nonce)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("ID token refused", reason=type(error).__name__)
            raise ProviderRefusedError from None
        self._require_strength(claims)
        email = claims.get("email") if claims.get("email_verified") is True else None
        known = Personal(email) if isinstance(email, str) else None
        return Vouched(Personal(str(claims["sub"])), known)

    async def logged_out(self, token: str) -> LoggedOut:
        """Return who has signed out at the provider (OpenID Connect Back-Channel Logout 1.0, 2.6).

        Raises:
            ProviderAwayError: its keys cannot be had.
            ProviderRefusedError: it is no logout token of the provider's for us, now.
        """
        metadata = await self._metadata()
        keys = await self._json("GET", metadata["jwks_uri"])
        try:
            found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))
            return self._checked_logout(found)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("logout token refused", reason=type(error).__name__)
            raise ProviderRefusedError from None

    def _checked_logout(self, token: jwt.Token) -> LoggedOut:
        claims = token.claims
        registry = JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._client.issuer},
            aud={"essential": True, "value": self._client.client_id},
            sub={"essential": True},
            jti={"essential": True},
            iat={"essential": True},
            exp={"essential": True},
        )
        registry.validate(claims)
        # No other token of the provider's may pass for one (ASVS 10.5.5).
        typed = str(token.header.get("typ", "")).lower() == LOGOUT_TYPE
        event = claims.get("events", {}).get(LOGOUT_EVENT)
        if not typed or not isinstance(event, dict) or "nonce" in claims:
            raise ValueError("another token")
        if claims["exp"] - claims["iat"] > LONGEST_LOGOUT_SECONDS:
            raise ValueError("it would live too long")
        return LoggedOut(Personal(str(claims["sub"])), str(claims["jti"]))

    def _checked(self, answer: Any, keys: Any, nonce: str) -> Mapping[str, Any]:
        token = jwt.decode(
            answer["id_token"], KeySet.import_key_set(keys), algorithms=list(ALGORITHMS)
        )
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": self._client.issuer},
                "aud": {"essential": True, "value": self._client.client_id},
                "sub": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            },
            params={
                "nonce": nonce,
                "client_id": self._client.client_id,
                "access_token": answer.get("access_token"),
            },
        )
        claims.validate(int(self._clock.now().timestamp()), LEEWAY_SECONDS)
        return dict(claims)

    def _require_strength(self, claims: Mapping[str, Any]) -> None:
        wanted, used = self._client.amr_values, claims.get("amr", [])
        if self._client.acr_values and claims.get("acr") not in self._client.acr_values:
            raise WeakSignInError
        if wanted and not set(wanted) & set(used):
            raise WeakSignInError

    async def _token(self, endpoint: str, code: str, verifier: str) -> Any:
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.redirect_uri,
            "code_verifier": verifier,
        }
        return await self._json(
            "POST", endpoint, data=body, auth=(self._client.client_id, self._client.client_secret)
        )

    async def _metadata(self) -> Mapping[str, str]:
        """Return where the provider does what (OpenID Connect Discovery 1.0)."""
        if (refusal := await self._stopped()) is not None:
            log.warning("no data may flow to the provider", reason=refusal)
            raise ProviderAwayError
        found = await self._json("GET", get_well_known_url(self._client.issuer, external=True))
        metadata = OpenIDProviderMetadata(found)
        try:
            metadata.validate_issuer()
            same = metadata["issuer"] == self._client.issuer
            scheme = urlsplit(self._client.issuer).scheme
            named = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            safe = all(urlsplit(metadata[name]).scheme in {"https", scheme} for name in named)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProviderAwayError from error
        if not (same and safe):
            log.warning("the provider's metadata is of another issuer, or not over TLS")
            raise ProviderAwayError
        return dict(metadata)

    async def _json(self, method: str, address: str, **sent: Any) -> Any:
        try:
            answer = await self._http.request(method, address, **sent)
            if answer.status_code in {400, 401, 403}:
                raise ProviderRefusedError
            answer.raise_for_status()
            if len(answer.content) > LARGEST_ANSWER:
                raise ProviderAwayError
            return answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.warning("the provider does not answer", error=type(error).__name__)
            raise ProviderAwayError from None
