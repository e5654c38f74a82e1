"""Passkeys: WebAuthn level 3 by the library `webauthn`, user verification always required."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, generate_challenge
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from shared.events.base import SubjectId

NAME: Final = "carionexiq"
LOCALHOST: Final = "localhost"
MILLISECONDS: Final = 300_000
"""How long a browser waits for the person."""


class PasskeysUnavailableError(Exception):
    """The portal is neither reached over TLS nor on this very machine: browsers refuse passkeys."""


class WrongPasskeyError(Exception):
    """What the browser sent is not the answer to our challenge by a passkey of ours."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who passkeys are made for: the portal, by the address that people see."""

    id: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> "RelyingParty | None":
        """Return the relying party at `public_url`, `None` where browsers would refuse passkeys.

        Browsers want TLS, save on `localhost`, and take no network address for a name: a portal on
        127.0.0.1 has its passkeys under `localhost`.
        """
        parts = urlsplit(public_url)
        host = parts.hostname or ""
        if _is_loopback(host):
            host = LOCALHOST
            port = f":{parts.port}" if parts.port else ""
            return cls(host, f"{parts.scheme}://{host}{port}")
        if parts.scheme != "https" or _is_address(host):
            return None
        return cls(host, public_url)


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey whose attestation was verified."""

    credential_id: str
    public_key: str
    sign_count: int
    synced: bool


class Passkeys:
    """Makes challenges and verifies the answers to them."""

    def __init__(self, party: RelyingParty | None) -> None:
        self._party = party

    @property
    def available(self) -> bool:
        """Whether browsers accept passkeys of this portal."""
        return self._party is not None

    def new_challenge(self) -> bytes:
        """Return 512 random bits."""
        return generate_challenge()

    def enrolment(
        self, challenge: bytes, subject: SubjectId, account: str, known: Iterable[str]
    ) -> Mapping[str, Any]:
        """Return the options for `navigator.credentials.create()`.

        Args:
            challenge: what is to be signed.
            subject: the account's opaque id, which becomes the passkey's user handle.
            account: what the browser calls the account; it goes to the browser alone.
            known: credentials of the account, which are not made twice.
        """
        options = generate_registration_options(
            rp_id=self._required.id,
            rp_name=NAME,
            user_id=subject.encode(),
            user_name=account,
            challenge=challenge,
            timeout=MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(known),
        )
        return _as_json(options)

    def assertion(self, challenge: bytes, known: Iterable[str] = ()) -> Mapping[str, Any]:
        """Return the options for `navigator.credentials.get()`, of `known` credentials or any."""
        options = generate_authentication_options(
            rp_id=self._required.id,
            challenge=challenge,
            timeout=MILLISECONDS,
            allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return _as_json(options)

    def verify_enrolment(self, credential: Mapping[str, Any], challenge: bytes) -> NewPasskey:
        """Return the passkey that the browser made.

        Raises:
            WrongPasskeyError: it does not answer `challenge`, or did not verify its user.
        """
        try:
            verified = verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self._required.id,
                expected_origin=self._required.origin,
                require_user_verification=True,
            )
        except _MALFORMED as error:
            raise WrongPasskeyError from error
        return NewPasskey(
            bytes_to_base64url(verified.credential_id),
            bytes_to_base64url(verified.credential_public_key),
            verified.sign_count,
            verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        )

    def verify_assertion(
        self, credential: Mapping[str, Any], challenge: bytes, public_key: str
    ) -> int:
        """Return the count of signatures that the passkey tells.

        Raises:
            WrongPasskeyError: `public_key` did not sign `challenge` here for a verified user.
        """
        try:
            verified = verify_authentication_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self._required.id,
                expected_origin=self._required.origin,
                credential_public_key=base64url_to_bytes(public_key),
                # The domain compares the counts.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except _MALFORMED as error:
            raise WrongPasskeyError from error
        return verified.new_sign_count

    @property
    def _required(self) -> RelyingParty:
        if self._party is None:
            raise PasskeysUnavailableError
        return self._party


def credential_of(credential: Mapping[str, Any]) -> tuple[str, SubjectId]:
    """Return the credential's id and the account that the browser says it is of.

    Raises:
        WrongPasskeyError: the answer has no such parts.
    """
    try:
        handle = base64url_to_bytes(str(credential["response"]["userHandle"])).decode()
        return str(credential["id"]), SubjectId(handle)
    except (KeyError, TypeError, ValueError) as error:
        raise WrongPasskeyError from error


_MALFORMED: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


def _descriptors(known: Iterable[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known]


def _as_json(options: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(options_to_json(options))
    return found


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == LOCALHOST or (_is_address(host) and ip_address(host).is_loopback)
