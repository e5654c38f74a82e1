"""Use cases of authenticators: enrolling, showing who one is, removing, resetting (C7.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from services.identity.adapters.ceremonies import Ceremonies, Purpose
from services.identity.adapters.one_time_codes import enrolment_uri, new_secret, step_of
from services.identity.adapters.passkeys import Passkeys, WrongPasskeyError, credential_of
from services.identity.adapters.recovery_codes import RecoveryCodes, plain
from services.identity.application.throttle import Throttle
from services.identity.domain.authenticators import commands as c
from services.identity.domain.authenticators.decide import decide
from services.identity.domain.authenticators.events import (
    AuthenticatorEvent,
    Holder,
    RecoveryCodesMade,
)
from services.identity.domain.authenticators.evolve import evolve
from services.identity.domain.authenticators.state import (
    NO_AUTHENTICATORS,
    Authenticators,
    Passkey,
)
from services.identity.domain.errors import (
    NoAuthenticatorError,
    PasskeyCopiedError,
    ProposalOverError,
)
from shared.clock import Clock
from shared.command_handler import CommandHandler, Outcome
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.ids import new_id
from shared.personal import Personal

PROPOSAL_LASTS: Final = timedelta(minutes=15)
RESET_LASTS: Final = timedelta(days=7)
CODE_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Account:
    """Whose authenticators are meant, and what an authenticator app or a browser calls it."""

    id: SubjectId
    holder: Holder
    label: str = ""


@dataclass(frozen=True, slots=True)
class ProposedTotp:
    """What an authenticator app is to be told."""

    secret: str
    uri: str
    until: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser has a passkey sign, and the ceremony that it belongs to."""

    ceremony: str
    options: Mapping[str, Any]


class StrongAuthentication:
    """Carries out what is asked of authenticators."""

    def __init__(
        self,
        store: EventStore,
        ceremonies: Ceremonies,
        passkeys: Passkeys,
        codes: RecoveryCodes,
        throttle: Throttle,
        clock: Clock,
    ) -> None:
        self._handler: CommandHandler[
            c.AuthenticatorCommand, Authenticators, AuthenticatorEvent
        ] = CommandHandler(store, initial=NO_AUTHENTICATORS, decide=decide, evolve=evolve)
        self._ceremonies = ceremonies
        self.passkeys = passkeys
        self._codes = codes
        self._throttle = throttle
        self._clock = clock

    async def of(self, account_id: SubjectId) -> Authenticators:
        """Return the authenticators of an account as they are now."""
        state, _ = await self._handler.state(_stream(account_id))
        return state

    async def propose_totp(self, account: Account, meta: Metadata) -> ProposedTotp:
        """Return a secret for an authenticator app; while its time runs, the same one again."""
        now = self._clock.now()
        secret, until = Personal(new_secret()), now + PROPOSAL_LASTS
        command = c.ProposeTotp(account.id, secret, now, until)
        await self._handle(account.id, command, meta)
        return await self.proposed(account)

    async def proposed(self, account: Account) -> ProposedTotp:
        """Return the secret that waits for its first code.

        Raises:
            ProposalOverError: there is none, or its time is over.
        """
        proposal = (await self.of(account.id)).running(self._clock.now())
        if proposal is None or proposal.secret.is_erased:
            raise ProposalOverError
        secret = proposal.secret.text()
        return ProposedTotp(
            secret, enrolment_uri(secret, account.label), proposal.until.isoformat()
        )

    async def confirm_totp(self, account: Account, code: str, meta: Metadata) -> list[str]:
        """Let the proposed secret count; return recovery codes if these are the first.

        Raises:
            ProposalOverError: its time is over.
            WrongCodeError: the code was not made with it just now.
            ThrottledError: it was guessed at too often.
        """
        async with self._throttle.second_factor(account.id):
            proposal = (await self.of(account.id)).running(self._clock.now())
            now = self._clock.now()
            step = None if proposal is None else _step(proposal.secret, code, self._clock)
            written, hashes = self._new_codes(account.id)
            command = c.ConfirmTotp(account.holder, step, now, hashes)
            outcome = await self._handle(account.id, command, meta)
        return _shown(outcome, written, hashes)

    async def remove_totp(self, account: Account, meta: Metadata) -> Authenticators:
        """Do without codes; return what is left.

        Raises:
            LastAuthenticatorError: staff would have no second factor.
        """
        return (await self._handle(account.id, c.RemoveTotp(account.holder), meta)).state

    async def begin_passkey(self, account: Account) -> Challenge:
        """Return the challenge for a new passkey.

        Raises:
            PasskeysUnavailableError: browsers accept none here.
        """
        state, challenge = await self.of(account.id), self.passkeys.new_challenge()
        known = _credentials(state)
        options = self.passkeys.enrolment(challenge, account.id, account.label, known)
        ceremony, _ = await self._ceremonies.begin(
            "passkey-enrolment", account.id, challenge=challenge
        )
        return Challenge(ceremony, options)

    async def add_passkey(
        self,
        account: Account,
        ceremony: str,
        credential: Mapping[str, Any],
        name: str,
        meta: Metadata,
    ) -> list[str]:
        """Let a new passkey count; return recovery codes if these are the first.

        Raises:
            CeremonyOverError: the challenge was never made, has served, or is too old.
            WrongPasskeyError: the browser's answer is not that of a new passkey.
        """
        begun = await self._ceremonies.take(ceremony, "passkey-enrolment")
        if begun.subject != account.id:
            raise WrongPasskeyError
        made = self.passkeys.verify_enrolment(credential, begun.challenge)
        written, hashes = self._new_codes(account.id)
        command = c.AddPasskey(
            account_id=account.id,
            holder=account.holder,
            passkey_id=new_id(),
            name=Personal(name),
            credential_id=Personal(made.credential_id),
            public_key=Personal(made.public_key),
            sign_count=made.sign_count,
            synced=made.synced,
            at=self._clock.now(),
            hashes=hashes,
        )
        return _shown(await self._handle(account.id, command, meta), written, hashes)

    async def remove_passkey(
        self, account: Account, passkey_id: str, meta: Metadata
    ) -> Authenticators:
        """Do without a passkey; return what is left.

        Raises:
            LastAuthenticatorError: staff would have no second factor.
        """
        command = c.RemovePasskey(account.holder, passkey_id)
        return (await self._handle(account.id, command, meta)).state

    async def rename_passkey(
        self, account: Account, passkey_id: str, name: str, meta: Metadata
    ) -> None:
        """Call a passkey something else.

        Raises:
            NoAuthenticatorError: the account has no such passkey.
        """
        await self._handle(account.id, c.RenamePasskey(passkey_id, Personal(name)), meta)

    async def of_return(
        self,
        account_id: SubjectId,
        command: c.AskReturn | c.StopReturn | c.TakeReturn,
        meta: Metadata,
    ) -> None:
        """Carry out what is asked of the way back for who lost every factor.

        Raises:
            NoAuthenticatorError: there is none to lose, or it is staff's.
            LinkSpentError: the way back is over.
            ReturnTooEarlyError: the wait is not over.
        """
        await self._handle(account_id, command, meta)

    async def renew_codes(self, account: Account, meta: Metadata) -> list[str]:
        """Replace the recovery codes and return the new ones, to be shown once.

        Raises:
            NoAuthenticatorError: there is nothing that they could stand for.
        """
        written, hashes = self._new_codes(account.id)
        command = c.RenewRecoveryCodes(account.holder, hashes)
        return _shown(await self._handle(account.id, command, meta), written, hashes)

    async def use_code(self, account: Account, code: str) -> None:
        """Return when `code`, of an app or a recovery code, shows who the account's owner is.

        Raises:
            ThrottledError: it was guessed at too often.
            WrongCodeError: it is none of this account's.
            CodeSpentError: it has served already.
        """
        given = plain(code)
        async with self._throttle.second_factor(account.id):
            command: c.AuthenticatorCommand
            if len(given) == CODE_DIGITS and given.isdecimal():
                totp = (await self.of(account.id)).totp
                step = None if totp is None else _step(totp.secret, given, self._clock)
                command = c.UseCode(step, self._clock.now())
            else:
                command = c.UseRecoveryCode(account.holder, self._codes.hash(account.id, given))
            await self._handle(account.id, command, _by_owner(account.id))

    async def challenge(self, purpose: Purpose, account_id: SubjectId | None = None) -> Challenge:
        """Return a challenge for a passkey, of `account_id` or of whoever has one here.

        Raises:
            PasskeysUnavailableError: browsers accept none here.
        """
        known = [] if account_id is None else _credentials(await self.of(account_id))
        challenge = self.passkeys.new_challenge()
        options = self.passkeys.assertion(challenge, known)
        ceremony, _ = await self._ceremonies.begin(purpose, account_id, challenge=challenge)
        return Challenge(ceremony, options)

    async def use_passkey(
        self, purpose: Purpose, ceremony: str, credential: Mapping[str, Any]
    ) -> SubjectId:
        """Return whose passkey signed the challenge of `ceremony`, which has then served.

        Raises:
            CeremonyOverError: the challenge was never made, has served, or is too old.
            WrongPasskeyError: no passkey of an account signed it.
        """
        begun = await self._ceremonies.take(ceremony, purpose)
        credential_id, account_id = credential_of(credential)
        if begun.subject not in {None, account_id}:
            raise WrongPasskeyError
        state = await self.of(account_id)
        passkey_id = state.named(credential_id)
        if passkey_id is None:
            raise WrongPasskeyError
        key = state.passkeys[passkey_id].public_key.text()
        count = self.passkeys.verify_assertion(credential, begun.challenge, key)
        command = c.UsePasskey(passkey_id, count, self._clock.now())
        try:
            await self._handle(account_id, command, _by_owner(account_id))
        except (NoAuthenticatorError, PasskeyCopiedError) as error:
            raise WrongPasskeyError from error
        return account_id

    async def ask_reset(self, account: Account, meta: Metadata, *, by_system: bool) -> None:
        """Have the authenticators of somebody removed once a second administrator agrees.

        Raises:
            NoAuthenticatorError: there is none.
        """
        now = self._clock.now()
        command = c.AskReset(account.holder, meta.actor, by_system, now, now + RESET_LASTS)
        await self._handle(account.id, command, meta)

    async def confirm_reset(self, account: Account, meta: Metadata) -> None:
        """Agree to a reset as the second person.

        Raises:
            ResetOverError: nobody has asked for it within a week.
            SamePersonError: the actor asked, or is meant.
        """
        command = c.ConfirmReset(account.holder, meta.actor, self._clock.now())
        await self._handle(account.id, command, meta)

    def _new_codes(self, account_id: SubjectId) -> tuple[list[str], Personal[str]]:
        written = self._codes.make()
        return written, Personal(" ".join(self._codes.hash(account_id, one) for one in written))

    async def _handle(
        self, account_id: SubjectId, command: c.AuthenticatorCommand, meta: Metadata
    ) -> Outcome[Authenticators, AuthenticatorEvent]:
        return await self._handler.outcome(
            _stream(account_id), command, subject=account_id, meta=meta
        )


def kinds(state: Authenticators) -> list[str]:
    """Return by what the account's owner can show who they are."""
    offered = [
        ("totp", state.totp is not None),
        ("passkey", bool(state.passkeys)),
        ("recovery_code", state.codes_left > 0),
    ]
    return [name for name, there in offered if there]


def named_passkeys(state: Authenticators) -> list[tuple[str, Passkey]]:
    """Return the passkeys with their ids, the oldest first."""
    return sorted(state.passkeys.items(), key=lambda one: one[1].added_at)


def _stream(account_id: SubjectId) -> str:
    return f"authenticators-{account_id}"


def _by_owner(account_id: SubjectId) -> Metadata:
    return Metadata(actor=account_id, role="owner", correlation_id=new_id())


def _step(secret: Personal[str], code: str, clock: Clock) -> int | None:
    return None if secret.is_erased else step_of(secret.text(), plain(code), clock.now())


def _credentials(state: Authenticators) -> list[str]:
    return [
        one.credential_id.text()
        for one in state.passkeys.values()
        if not one.credential_id.is_erased
    ]


def _shown(
    outcome: Outcome[Authenticators, AuthenticatorEvent],
    written: list[str],
    hashes: Personal[str],
) -> list[str]:
    """Return the codes when it is these that were recorded: a repetition made others."""
    made = [one.hashes for one in outcome.events if isinstance(one, RecoveryCodesMade)]
    return written if hashes in made else []
