"""Wiring of the identity service."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final, NamedTuple, get_args

import httpx

from services.identity.adapters.canned_answers import load_canned_answers
from services.identity.adapters.ceremonies import Ceremonies
from services.identity.adapters.devices import Devices
from services.identity.adapters.email_index import EmailIndex
from services.identity.adapters.failed_sign_ins import FailedSignIns
from services.identity.adapters.geography import Geography
from services.identity.adapters.links import (
    ACCESS_FILE_LIFETIME,
    CONFIRMATION_LIFETIME,
    EMAIL_CHANGE_LIFETIME,
    GUARDIAN_LIFETIME,
    NOTICE_LIFETIME,
    PROVIDER_LIFETIME,
    RECOVERY_LIFETIME,
    RETURN_LASTS,
    REVOCATION_LIFETIME,
    RIGHTS_LIFETIME,
    STOP_LIFETIME,
    Links,
)
from services.identity.adapters.openid_provider import Client, OpenIDProvider
from services.identity.adapters.passkeys import Passkeys, RelyingParty
from services.identity.adapters.passwords import Passwords
from services.identity.adapters.reading_log import ReadingLog
from services.identity.adapters.recovery_codes import RecoveryCodes
from services.identity.adapters.rights_words import load_rights_words
from services.identity.adapters.session_answers import SessionAnswers
from services.identity.adapters.support_files import SupportFiles
from services.identity.adapters.thread_tokens import ThreadTokens
from services.identity.adapters.throttle_store import ThrottleStore
from services.identity.application.access_file_reactions import access_files
from services.identity.application.access_files import AccessFiles
from services.identity.application.accounts import Accounts
from services.identity.application.admission import Admission
from services.identity.application.anomalies import Anomalies
from services.identity.application.break_glass import BreakGlassAccesses
from services.identity.application.contribution import contributing
from services.identity.application.credentials import CredentialLinks, Credentials
from services.identity.application.demand_reactions import demand_reactions
from services.identity.application.demands import Demands
from services.identity.application.desk import Desk
from services.identity.application.erase import Eraser
from services.identity.application.factor_return import FactorReturn, ReturnLinks
from services.identity.application.guardians import Guardians
from services.identity.application.intake import Intake
from services.identity.application.known_password import KnownPassword
from services.identity.application.mail_intake import MailIntake
from services.identity.application.notices import SignInNotices
from services.identity.application.present_password import PresentPassword
from services.identity.application.prospects import Prospects
from services.identity.application.provider_sign_in import ProviderSignIn
from services.identity.application.react import addresses, conversion
from services.identity.application.recipients import Recipients
from services.identity.application.rights_acts import RightsActs
from services.identity.application.rights_cases import RightsCases
from services.identity.application.rights_reactions import rights_cases
from services.identity.application.sign_in import SignIn
from services.identity.application.sign_in_record import SignInRecorder
from services.identity.application.staff import Staff
from services.identity.application.strong_authentication import StrongAuthentication
from services.identity.application.support import Support
from services.identity.application.throttle import Throttle
from services.identity.application.watch_book import load_watch_rules, standings
from services.identity.application.watching import Watching, incidents
from services.identity.domain.access_file.events import AccessFileEvent
from services.identity.domain.anomaly.events import AnomalyEvent
from services.identity.domain.anomaly.rules import WatchRules
from services.identity.domain.authenticators.events import AuthenticatorEvent
from services.identity.domain.break_glass.events import BreakGlassEvent
from services.identity.domain.demand.events import DemandEvent, PersonTold
from services.identity.domain.learner.events import LearnerEvent
from services.identity.domain.prospect.events import ProspectEvent
from services.identity.domain.rights_case.events import RightsCaseEvent
from services.identity.domain.staff.events import StaffEvent
from services.identity.domain.support.events import SupportEvent
from services.identity.domain.traces.events import TraceTaken
from services.identity.entrypoints.access_files import access_files_router
from services.identity.entrypoints.accounts import accounts_router
from services.identity.entrypoints.anomalies import anomalies_router, notices_router
from services.identity.entrypoints.authenticators import (
    authentication_router,
    authenticators_router,
    resets_router,
)
from services.identity.entrypoints.break_glass import break_glass_router
from services.identity.entrypoints.choices import choices_router
from services.identity.entrypoints.contact import contact_router
from services.identity.entrypoints.credentials import credentials_router
from services.identity.entrypoints.demands import demands_router, disclosures_router, told_router
from services.identity.entrypoints.guardians import guardians_router
from services.identity.entrypoints.held_data import held_by, held_data_router
from services.identity.entrypoints.own_account import own_account_router
from services.identity.entrypoints.participants import participants_router
from services.identity.entrypoints.problems import PROBLEMS
from services.identity.entrypoints.provided import provided_router
from services.identity.entrypoints.provider import provider_router
from services.identity.entrypoints.registers import registers_router
from services.identity.entrypoints.returns import returns_router
from services.identity.entrypoints.rights_cases import own_rights_router, rights_desk_router
from services.identity.entrypoints.sessions import sessions_router
from services.identity.entrypoints.staff import staff_router
from services.identity.entrypoints.support import (
    canned_router,
    desk_router,
    own_requests_router,
    queue_router,
)
from services.identity.entrypoints.trainings import trainings_router
from services.identity.projections.access_files import AccessFileList
from services.identity.projections.anomalies import AnomalyList
from services.identity.projections.attendances import Attendances
from services.identity.projections.break_glass import BreakGlassList
from services.identity.projections.demands import (
    DemandList,
    DisclosureParts,
    ToldDisclosures,
)
from services.identity.projections.learners import Learners
from services.identity.projections.live_sessions import LiveSessions
from services.identity.projections.minors import Minors
from services.identity.projections.prospects import ProspectList
from services.identity.projections.rights_cases import RightsCaseList
from services.identity.projections.staff import StaffList
from services.identity.projections.support_requests import SupportRequests
from services.identity.projections.traces import Traces
from services.identity.settings import IdentitySettings
from shared import telemetry
from shared.archive import ArchiveGate
from shared.clock import Clock
from shared.disclosures.contribute import contributes
from shared.events.base import DomainEvent, SubjectId
from shared.imap import ImapMailbox
from shared.personal import Category
from shared.processors.register import ProcessorRegister
from shared.processors.transfers import Transfers
from shared.rights import load_rights
from shared.scheduling import Schedule
from shared.service import Kernel, Service

DOMAIN_EVENTS: Final[tuple[type[DomainEvent], ...]] = (
    *get_args(LearnerEvent),
    *get_args(ProspectEvent),
    *get_args(SupportEvent),
    *get_args(RightsCaseEvent),
    *get_args(AccessFileEvent),
    *get_args(DemandEvent),
    PersonTold,
    *get_args(StaffEvent),
    *get_args(AuthenticatorEvent),
    *get_args(AnomalyEvent),
    *get_args(BreakGlassEvent),
    TraceTaken,
)

log = telemetry.logger(__name__)

PROVIDER_SECONDS: Final = 5.0
"""How long an answer of the external provider is waited for."""
PROVIDER_BACK: Final = "/sign-in/provider/back"
"""The gateway's page to which the provider sends browsers back."""


def bootstrap(kernel: Kernel[IdentitySettings]) -> Service:  # noqa: PLR0915 - the whole wiring
    """Return identity's parts, wired with the kernel."""
    settings, store, clock = kernel.settings, kernel.store, kernel.clock
    secret = settings.link_secret.get_secret_value()
    attempts = ThrottleStore(kernel.database, secret, clock)
    throttle, devices = Throttle(attempts), Devices(secret)
    index = EmailIndex(kernel.database, kernel.vault, store, clock)
    passwords = Passwords(settings)
    prospects = Prospects(store, index)
    present = PresentPassword(passwords, throttle)
    staff = Staff(store, index, passwords, present, clock)
    asking = Links(secret, "guardian", GUARDIAN_LIFETIME, clock)
    accounts = Accounts(
        store,
        clock,
        index,
        passwords,
        confirmation=Links(secret, "confirmation", CONFIRMATION_LIFETIME, clock),
        guardian=asking,
    )
    guardians = Guardians(
        accounts, asking, Links(secret, "guardian-revocation", REVOCATION_LIFETIME, clock), clock
    )
    tokens = ThreadTokens(secret)
    files = SupportFiles(kernel.database, kernel.vault)
    support = Support(store, tokens, files)
    intake = Intake(support, prospects, accounts, index, clock, tokens)
    desk = Desk(kernel, index)
    transfers = Transfers(kernel.read_model(ProcessorRegister()), clock)
    mails = MailIntake(
        ImapMailbox(
            settings.mailbox, lambda: transfers.why_not("mail_in", settings.imap_processor)
        ),
        intake,
        tokens,
        clock,
        secret=secret,
        own_address=settings.mail_from,
    )
    links = CredentialLinks(
        recovery=Links(secret, "recovery", RECOVERY_LIFETIME, clock),
        email=Links(secret, "email-change", EMAIL_CHANGE_LIFETIME, clock),
        stop=Links(secret, "email-change-stop", STOP_LIFETIME, clock),
    )
    credentials = Credentials(accounts, staff, index, passwords, links, present, devices, clock)
    gate = ArchiveGate("identity", store, kernel.read_model(Learners()))
    ceremonies = Ceremonies(kernel.database, clock)
    strong = StrongAuthentication(
        store,
        ceremonies,
        Passkeys(RelyingParty.of(settings.public_url)),
        RecoveryCodes(secret),
        throttle,
        clock,
    )
    cases = RightsCases(
        store,
        support,
        accounts,
        prospects,
        Links(secret, "rights-case", RIGHTS_LIFETIME, clock),
        load_rights_words(),
        clock,
        settings.public_url,
    )
    access = AccessFiles(
        store,
        cases,
        Links(secret, "access-file", ACCESS_FILE_LIFETIME, clock),
        clock,
        secret=secret,
        public_url=settings.public_url,
    )
    listed_files = kernel.read_model(AccessFileList())
    documents = SupportFiles(kernel.database, kernel.vault, "demand_files", Category.DEMAND)
    demands = Demands(
        store,
        clock,
        index,
        documents,
        kernel.vault,
        listed=kernel.read_model(DemandList()),
        parts=kernel.read_model(DisclosureParts()),
    )
    listed_cases = kernel.read_model(RightsCaseList())
    acts = RightsActs(store)
    recipients = Recipients(
        acts,
        kernel.read_model(ProcessorRegister()),
        kernel.read_model(LiveSessions()),
        kernel.read_model(Attendances()),
        clock,
    )
    asked = Links(secret, "sign-in-notice", NOTICE_LIFETIME, clock)
    watch = _watch_of(kernel, secret, asked)
    notices = SignInNotices(watch.anomalies, accounts, asked, links.recovery, clock)
    accesses = BreakGlassAccesses(
        store, clock, accounts, load_rights(), timedelta(minutes=settings.break_glass_minutes)
    )
    taken = kernel.read_model(BreakGlassList())
    remind_of_reviews = partial(
        accesses.remind, taken, timedelta(hours=settings.break_glass_review_hours)
    )
    recorder = SignInRecorder(accounts, staff, store, clock, devices)
    http = httpx.AsyncClient(timeout=PROVIDER_SECONDS, trust_env=False)
    client = _client_of(settings)
    provider_sign_in = (
        None
        if client is None
        else ProviderSignIn(
            OpenIDProvider(
                client,
                http,
                clock,
                lambda: transfers.why_not("staff_sign_in", settings.oidc_processor),
            ),
            Links(secret, "provider-sign-in", PROVIDER_LIFETIME, clock),
            index,
            staff,
            recorder,
            throttle,
            clock,
        )
    )
    sign_in = SignIn(
        index,
        KnownPassword(accounts, staff, passwords, clock),
        strong,
        ceremonies,
        recorder,
        throttle,
        devices,
        admission=Admission(settings.sign_ins_at_once),
        failures=watch.failures,
    )

    async def prepare() -> None:
        await index.prepare()
        await attempts.prepare()
        await ceremonies.prepare()
        await files.prepare()
        await documents.prepare()
        await watch.prepare()
        await kernel.restorations.once("files of erased people", files.forget_erased)
        await kernel.restorations.once("documents of demands", documents.forget_erased)
        await kernel.restorations.once("rows of erased people", index.forget_erased)

    async def close() -> None:
        watch.geography.close()
        await http.aclose()

    async def forget_left() -> Mapping[str, int]:
        return {"addresses": await index.forget_left()}

    async def forget_attempts() -> Mapping[str, int]:
        watched = await watch.watching.forget_old()
        return {"attempts": await attempts.forget_old(), "watched": watched}

    async def forget_ceremonies() -> Mapping[str, int]:
        return {"ceremonies": await ceremonies.forget_old()}

    async def end_expired() -> Mapping[str, int]:
        return await staff.end_expired(kernel.read_model(StaffList()))

    async def follow_trainings() -> Mapping[str, int]:
        return await staff.follow_trainings(kernel.read_model(StaffList()))

    async def follow_minors() -> Mapping[str, int]:
        return await guardians.follow(kernel.read_model(Minors()))

    async def told_of_themselves(subject: SubjectId) -> Sequence[str]:
        profile = (await accounts.learner(subject)).profile
        return [value.text("") for value in profile.values() if not value.is_erased]

    return Service(
        routers=[
            accounts_router(accounts, staff, sign_in, throttle, settings.even_answer_seconds),
            own_account_router(accounts, staff),
            choices_router(told_of_themselves),
            guardians_router(guardians, accounts),
            credentials_router(credentials, staff, throttle, settings.even_answer_seconds),
            authenticators_router(strong, accounts, staff),
            authentication_router(strong, sign_in, accounts, staff, present, throttle),
            resets_router(strong),
            returns_router(
                FactorReturn(
                    strong, sign_in, accounts, staff, credentials, _returning(secret, clock), clock
                )
            ),
            sessions_router(accounts),
            provider_router(provider_sign_in, staff),
            held_data_router(store, gate),
            provided_router(store, cases, acts, clock),
            own_requests_router(kernel, support, desk, files),
            queue_router(kernel, desk, gate, files),
            desk_router(kernel, support, staff, intake, cases),
            own_rights_router(kernel, cases),
            access_files_router(kernel, access, cases),
            rights_desk_router(kernel, cases, recipients, staff),
            demands_router(kernel, demands),
            disclosures_router(kernel, demands),
            told_router(kernel),
            canned_router(load_canned_answers()),
            contact_router(intake, throttle),
            registers_router(kernel, gate, accounts),
            anomalies_router(kernel, watch.anomalies, watch.rules, watch.geography, gate),
            notices_router(notices),
            break_glass_router(kernel, accesses, gate),
            staff_router(kernel, staff),
            trainings_router(staff),
            participants_router(kernel, gate, accounts),
        ],
        projections=[
            Learners(),
            Minors(),
            SupportRequests(),
            RightsCaseList(),
            AccessFileList(),
            DemandList(),
            DisclosureParts(),
            ToldDisclosures(),
            ProspectList(),
            Traces(),
            StaffList(),
            AnomalyList(),
            BreakGlassList(),
            LiveSessions(),
            Attendances(),
            ProcessorRegister(),
        ],
        reactions=[
            conversion(accounts, prospects, support, cases),
            rights_cases(cases, support),
            access_files(access),
            acts.reaction(),
            recipients.reaction(),
            demand_reactions(demands),
            contributes("identity", store, clock, held_by(store)),
            addresses(credentials),
            watch.watching.reaction(),
            incidents(watch.anomalies),
            accesses.endings(taken),
        ],
        schedules=[
            Schedule("addresses", timedelta(days=1), forget_left),
            Schedule("roles", timedelta(minutes=1), end_expired),
            Schedule("trainings", timedelta(hours=1), follow_trainings),
            Schedule("minors", timedelta(minutes=1), follow_minors),
            Schedule("rights-cases", timedelta(minutes=1), partial(cases.follow, listed_cases)),
            Schedule("access-files", timedelta(minutes=1), partial(access.follow, listed_files)),
            Schedule("demands", timedelta(minutes=1), demands.follow),
            Schedule("attempts", timedelta(hours=1), forget_attempts),
            Schedule("break-glass", timedelta(minutes=1), remind_of_reviews),
            Schedule("watch", timedelta(minutes=1), watch.watching.run),
            *([Schedule("mailbox", timedelta(minutes=1), mails.run)] if settings.imap_host else []),
            Schedule("ceremonies", timedelta(hours=1), forget_ceremonies),
        ],
        problems=PROBLEMS,
        erase=Eraser(accounts, index, files, documents).erase,
        contribute=contributing(store, files),
        prepare=prepare,
        close=close,
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


class _Watch(NamedTuple):
    """The parts that watch."""

    rules: WatchRules
    geography: Geography
    failures: FailedSignIns
    readings: ReadingLog
    answers: SessionAnswers
    anomalies: Anomalies
    watching: Watching

    async def prepare(self) -> None:
        """Create indexes, and say which rule watches nothing."""
        await self.failures.prepare()
        await self.readings.prepare()
        await self.answers.prepare()
        for one in standings(self.rules, self.geography):
            if one.inactive_because is not None:
                log.warning("rule watches nothing", rule=one.rule.id, why=one.inactive_because)


def _watch_of(kernel: Kernel[IdentitySettings], secret: str, asked: Links) -> _Watch:
    rules = load_watch_rules(kernel.settings.watch_rules_file)
    geography = Geography(kernel.settings.geography_file)
    failures = FailedSignIns(kernel.database, secret, kernel.clock)
    readings = ReadingLog(kernel.database, kernel.clock)
    answers = SessionAnswers(kernel.database, kernel.clock)
    anomalies = Anomalies(kernel.store, rules, asked)
    watching = Watching(
        kernel.store,
        kernel.clock,
        rules,
        geography=geography,
        failures=failures,
        readings=readings,
        answers=answers,
        anomalies=anomalies,
    )
    return _Watch(rules, geography, failures, readings, answers, anomalies, watching)


def _returning(secret: str, clock: Clock) -> ReturnLinks:
    """Return the links of the way back for who lost every factor."""
    return ReturnLinks(
        Links(secret, "factor-return", RETURN_LASTS, clock),
        Links(secret, "factor-return-stop", RETURN_LASTS, clock),
    )
