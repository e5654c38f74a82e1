"""Accounts, passwords, second factors, sessions, staff: who somebody is and how they show it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import httpx

from services.identity.adapters.ceremonies import Ceremonies
from services.identity.adapters.failed_sign_ins import FailedSignIns
from services.identity.adapters.links import (
    EMAIL_CHANGE_LIFETIME,
    GUARDIAN_LIFETIME,
    PROVIDER_LIFETIME,
    RECOVERY_LIFETIME,
    RETURN_LASTS,
    REVOCATION_LIFETIME,
    STOP_LIFETIME,
)
from services.identity.adapters.openid_provider import Client, OpenIDProvider
from services.identity.adapters.passkeys import Passkeys, RelyingParty
from services.identity.adapters.recovery_codes import RecoveryCodes
from services.identity.application.admission import Admission
from services.identity.application.credentials import CredentialLinks, Credentials
from services.identity.application.factor_return import FactorReturn, ReturnLinks
from services.identity.application.guardians import Guardians
from services.identity.application.known_password import KnownPassword
from services.identity.application.provider_sign_in import ProviderSignIn
from services.identity.application.react import addresses
from services.identity.application.sign_in import SignIn
from services.identity.application.sign_in_record import SignInRecorder
from services.identity.application.strong_authentication import StrongAuthentication
from services.identity.entrypoints.accounts import accounts_router
from services.identity.entrypoints.authenticators import (
    authentication_router,
    authenticators_router,
    resets_router,
)
from services.identity.entrypoints.choices import choices_router
from services.identity.entrypoints.credentials import credentials_router
from services.identity.entrypoints.guardians import guardians_router
from services.identity.entrypoints.own_account import own_account_router
from services.identity.entrypoints.provider import provider_router
from services.identity.entrypoints.returns import returns_router
from services.identity.entrypoints.sessions import sessions_router
from services.identity.entrypoints.staff import staff_router
from services.identity.entrypoints.trainings import trainings_router
from services.identity.projections.learners import Learners
from services.identity.projections.minors import Minors
from services.identity.projections.staff import StaffList
from services.identity.settings import IdentitySettings
from services.identity.wiring.core import Core
from shared.events.base import SubjectId
from shared.scheduling import Schedule
from shared.service import Part

PROVIDER_SECONDS: Final = 5.0
"""How long an answer of the external provider is waited for."""
PROVIDER_BACK: Final = "/sign-in/provider/back"
"""The gateway's page to which the provider sends browsers back."""


def sign_in(core: Core, failures: FailedSignIns) -> Part:
    """Return accounts and the ways in; `failures` is what watching is told of."""
    store, clock, settings = core.store, core.clock, core.settings
    accounts, staff, throttle = core.accounts, core.staff, core.throttle
    guardians = Guardians(
        accounts,
        core.links("guardian", GUARDIAN_LIFETIME),
        core.links("guardian-revocation", REVOCATION_LIFETIME),
        clock,
    )
    links = CredentialLinks(
        recovery=core.links("recovery", RECOVERY_LIFETIME),
        email=core.links("email-change", EMAIL_CHANGE_LIFETIME),
        stop=core.links("email-change-stop", STOP_LIFETIME),
    )
    credentials = Credentials(
        accounts, staff, core.index, core.passwords, links, core.present, core.devices, clock
    )
    ceremonies = Ceremonies(core.kernel.database, clock)
    strong = StrongAuthentication(
        store,
        ceremonies,
        Passkeys(RelyingParty.of(settings.public_url)),
        RecoveryCodes(core.secret),
        throttle,
        clock,
    )
    recorder = SignInRecorder(accounts, staff, store, clock, core.devices)
    http = httpx.AsyncClient(timeout=PROVIDER_SECONDS, trust_env=False)
    signing_in = SignIn(
        core.index,
        KnownPassword(accounts, staff, core.passwords, clock),
        strong,
        ceremonies,
        recorder,
        throttle,
        core.devices,
        admission=Admission(settings.sign_ins_at_once),
        failures=failures,
    )
    returning = ReturnLinks(
        core.links("factor-return", RETURN_LASTS), core.links("factor-return-stop", RETURN_LASTS)
    )
    returns = FactorReturn(strong, signing_in, accounts, staff, credentials, returning, clock)

    async def forget_ceremonies() -> Mapping[str, int]:
        return {"ceremonies": await ceremonies.forget_old()}

    async def end_expired() -> Mapping[str, int]:
        return await staff.end_expired(core.kernel.read_model(StaffList()))

    async def follow_trainings() -> Mapping[str, int]:
        return await staff.follow_trainings(core.kernel.read_model(StaffList()))

    async def follow_minors() -> Mapping[str, int]:
        return await guardians.follow(core.kernel.read_model(Minors()))

    async def told_of_themselves(subject: SubjectId) -> Sequence[str]:
        profile = (await accounts.learner(subject)).profile
        return [value.text("") for value in profile.values() if not value.is_erased]

    return Part(
        routers=[
            accounts_router(accounts, staff, signing_in, throttle, settings.even_answer_seconds),
            own_account_router(accounts, staff),
            choices_router(told_of_themselves),
            guardians_router(guardians, accounts),
            credentials_router(credentials, staff, throttle, settings.even_answer_seconds),
            authenticators_router(strong, accounts, staff),
            authentication_router(strong, signing_in, accounts, staff, core.present, throttle),
            resets_router(strong),
            returns_router(returns),
            sessions_router(accounts),
            provider_router(_provider_sign_in(core, http, recorder), staff),
            staff_router(core.kernel, staff),
            trainings_router(staff),
        ],
        projections=[Learners(), Minors(), StaffList()],
        reactions=[addresses(credentials)],
        schedules=[
            Schedule("addresses", timedelta(days=1), core.forget_left),
            Schedule("roles", timedelta(minutes=1), end_expired),
            Schedule("trainings", timedelta(hours=1), follow_trainings),
            Schedule("minors", timedelta(minutes=1), follow_minors),
            Schedule("ceremonies", timedelta(hours=1), forget_ceremonies),
        ],
        prepare=ceremonies.prepare,
        close=http.aclose,
    )


def _provider_sign_in(
    core: Core, http: httpx.AsyncClient, recorder: SignInRecorder
) -> ProviderSignIn | None:
    """Return the sign-in by the external provider, if there is one."""
    client = _client_of(core.settings)
    if client is None:
        return None
    processor = core.settings.oidc_processor
    provider = OpenIDProvider(
        client, http, core.clock, lambda: core.transfers.why_not("staff_sign_in", processor)
    )
    links = core.links("provider-sign-in", PROVIDER_LIFETIME)
    return ProviderSignIn(
        provider, links, core.index, core.staff, recorder, core.throttle, core.clock
    )


def _client_of(settings: IdentitySettings) -> Client | None:
    """Return who we are at the external provider, if there is one."""
    if settings.oidc_issuer is None:
        return None
    secret = settings.oidc_client_secret
    return Client(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id or "",
        client_secret=secret.get_secret_value() if secret else "",
        redirect_uri=settings.public_url + PROVIDER_BACK,
        acr_values=tuple(settings.oidc_acr_values.split()),
        amr_values=tuple(settings.oidc_amr_values.split()),
    )
