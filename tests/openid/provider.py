"""The provider: Authlib's server side, with PKCE and nonce required and clients authenticated.

`python -m tests.openid.provider PORT REDIRECT_URI`. Nobody signs in by hand: `PUT /next` says whom
the next authorisation is for, with which claims, and what is to be wrong with the ID token.
"""

import os
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Final

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from tests.openid import CLIENT_ID, CLIENT_SECRET

KEY: Final = RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig"})
OTHER_KEY: Final = RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig"})


@dataclass(frozen=True)
class Client:
    """The one client that is registered."""

    redirect_uri: str

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method, endpoint) == ("client_secret_basic", "token")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    """What an authorisation code stands for."""

    redirect_uri: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    claims: dict[str, Any]
    scope: str = "openid email"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.monotonic())


@dataclass
class World:
    """Everything the provider knows and remembers."""

    client: Client = field(default_factory=lambda: Client(sys.argv[2]))
    issuer: str = field(default_factory=lambda: f"http://127.0.0.1:{sys.argv[1]}")
    next: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)


WORLD: Final = World()
app = flask.Flask(__name__)


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc] # Authlib has no types
    """The authorisation code grant over the remembered codes."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, request: Any) -> None:
        sent = request.payload.data
        WORLD.codes[code] = Code(
            request.payload.redirect_uri,
            sent["nonce"],
            sent["code_challenge"],
            sent["code_challenge_method"],
            request.user,
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        del client
        return WORLD.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        kept = {code: one for code, one in WORLD.codes.items() if one is not authorization_code}
        WORLD.codes = kept

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return authorization_code.claims


class IdToken(OpenIDCode):  # type: ignore[misc] # same
    """Adds the ID token to what a code is exchanged for."""

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        del request
        return any(code.nonce == nonce for code in WORLD.codes.values())

    def encode_id_token(self, token: Any, request: Any) -> str:
        del token
        return _id_token(request.authorization_code)


def _save_nothing(token: Any, request: Any) -> None:
    del token, request


server = AuthorizationServer(
    app,
    query_client=lambda client_id: WORLD.client if client_id == CLIENT_ID else None,
    save_token=_save_nothing,
)
server.register_grant(CodeGrant, [CodeChallenge(required=True), IdToken(require_nonce=True)])


@app.get("/.well-known/openid-configuration")
def metadata() -> Any:
    """Tell where what is done."""
    return {
        "issuer": WORLD.next.get("issuer", WORLD.issuer),
        "authorization_endpoint": f"{WORLD.issuer}/authorize",
        "token_endpoint": f"{WORLD.issuer}/token",
        "jwks_uri": f"{WORLD.issuer}/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


@app.get("/keys")
def keys() -> Any:
    """Tell the public keys."""
    return KeySet([KEY]).as_dict(private=False)


@app.put("/next")
def decide() -> tuple[str, int]:
    """Take what is to happen next."""
    WORLD.next = flask.request.get_json()
    return "", 204


@app.get("/authorize")
def authorize() -> Any:
    """Send the browser back with a code, or with a refusal where nobody is to be signed in."""
    user = WORLD.next.get("claims")
    grant = server.get_consent_grant(end_user=user)
    return server.create_authorization_response(grant=grant, grant_user=user)


@app.post("/logout-token")
def logout_token() -> Any:
    """Return a logout token for `sub`, with whatever is to be wrong with it."""
    asked = flask.request.get_json()
    now = int(time.time())  # noqa: TID251 - a provider lives by its own clock
    claims = {
        "iss": WORLD.issuer,
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 120,
        "jti": asked["jti"],
        "sub": asked["sub"],
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        **asked.get("wrong", {}),
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    header = {"alg": "RS256", "kid": "key-1", "typ": asked.get("typ", "logout+jwt")}
    return {"logout_token": jwt.encode(header, claims, OTHER_KEY if asked.get("forged") else KEY)}


@app.post("/token")
def exchange() -> Any:
    """Exchange a code."""
    if WORLD.next.get("away"):
        return "", 500
    return server.create_token_response()


def _id_token(code: Code) -> str:
    """Return the ID token, with whatever `PUT /next` wants to be wrong with it."""
    now = int(time.time())  # noqa: TID251 - a provider lives by its own clock
    claims = {
        "iss": WORLD.issuer,
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 300,
        "nonce": code.nonce,
        **code.claims,
        **WORLD.next.get("wrong", {}),
    }
    match WORLD.next.get("signed"):
        case "by another key":
            return jwt.encode({"alg": "RS256", "kid": "key-1"}, claims, OTHER_KEY)
        case "with the client's secret":
            secret = OctKey.import_key(CLIENT_SECRET)
            return jwt.encode({"alg": "HS256"}, claims, secret, algorithms=["HS256"])
        case "by nobody":
            return jwt.encode({"alg": "none"}, claims, KEY, algorithms=["none"])
        case _:
            return jwt.encode({"alg": "RS256", "kid": "key-1"}, claims, KEY)


if __name__ == "__main__":
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    app.run(port=int(sys.argv[1]))
