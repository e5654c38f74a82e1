"""Composing a message from its template: late, in the recipient's language, kept nowhere."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from jinja2 import TemplateError

from services.notify.adapters.addresses import deliverable
from services.notify.adapters.calendar_parts import add_calendar
from services.notify.adapters.editions import LINK, NAME, Edition, Own
from services.notify.adapters.event_calendar import calendar_of
from services.notify.adapters.rendering import Content, Notice, templates
from services.notify.adapters.return_path import ReturnPaths
from services.notify.adapters.texts import NEWSLETTER, Texts
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from services.notify.application.ports import Written
from services.notify.domain.basis import address_of
from services.notify.domain.errors import DeliveryError
from services.notify.domain.events import Details, PlatformEvent
from services.notify.domain.kinds import purpose_of
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState
from shared.demand_words import DEMAND_AUTHORITIES, LEGAL_ARTICLES
from shared.events.base import SubjectId
from shared.incidents import ADVICE, CONSEQUENCES, MEASURES, NATURES
from shared.personal import Personal
from shared.words import CATEGORIES, Language, Text
from shared.zone_words import named
from shared.zones import zone_of

PARIS: Final = ZoneInfo("Europe/Paris")
# A folded link would no longer be one; RFC 5322 allows 998 characters a line.
POLICY: Final = SMTP.clone(max_line_length=900)
PAGES: Final = {
    "confirmation": "confirm",
    "guardian_agreement": "guardian",
    "guardian_reminder": "guardian",
    "guardian_agreed": "revoke-agreement",
    "password_recovery": "new-password",
    "factor_return": "return",
    "factor_return_notice": "stop-return",
    "email_change": "confirm-email",
    "email_change_notice": "stop-email-change",
    "sign_in_notice": "sign-in-notice",
}
"""Page of the portal that a message's token belongs to."""

ANYBODY: Final = "anybody@example.test"
EDITIONS: Final = 64
"""Issues kept composed: of a few topics, in two languages, with a name and without."""

WITH_MOMENT: Final = frozenset(
    {
        "password_recovery",
        "email_change_notice",
        "email_changed",
        "guardian_agreement",
        "guardian_reminder",
        "account_blocked",
        "incident_deadline",
        "factor_return",
        "factor_return_notice",
        "training_due",
        "training_missed",
        "penetration_test_due",
        "rights_case_due",
        "demand_due",
        "finding_overdue",
        "break_glass_alarm",
    }
)
"""Messages that name the moment until which something can be done."""
SINCE_MOMENT: Final = frozenset(
    {"sign_in_notice", "anomaly_alarm", "break_glass_alarm", "break_glass_review"}
)
"""Messages that name the moment at which something happened."""

PARTLY: Final = Text(fr=" (en partie)", en=" (in part)")


class Letters:
    """Multipart messages, plain text and HTML, without image, script or tracker."""

    def __init__(
        self,
        texts: Texts,
        links: UnsubscribeLinks,
        *,
        public_url: str,
        sender: str,
        returns: ReturnPaths | None = None,
    ) -> None:
        self._texts = texts
        self._links = links
        self._public_url = public_url
        self._sender = sender
        self._returns = returns
        self._templates = templates()
        self._edition = lru_cache(EDITIONS)(self._edition_of)

    def written(self, message: MessageState, recipient: Recipient, at: datetime) -> Written:
        """Return `message` as RFC 5322 has it, and where it goes; see `compose`."""
        with _writing():
            to = deliverable(_plain(address_of(message, recipient)))
            if message.kind == "newsletter" and to.isascii():
                return Written(to, self._copied(message, recipient, to, at))
            return Written(to, self._composed(message, recipient, to, at).as_bytes())

    def compose(self, message: MessageState, recipient: Recipient, at: datetime) -> EmailMessage:
        """Return `message` to `recipient` as it is to leave `at` that instant.

        Raises:
            DeliveryError: it cannot be written, for instance to a malformed address.
        """
        with _writing():
            to = deliverable(_plain(address_of(message, recipient)))
            return self._composed(message, recipient, to, at)

    def content(self, message: MessageState, recipient: Recipient) -> Content:
        """Return what `message` says to `recipient`.

        Raises:
            DeliveryError: it cannot be written.
        """
        with _writing():
            return self._rendered(message, recipient, self._values(message, recipient))

    def notice(self, message: MessageState, recipient: Recipient) -> Notice:
        """Return what `message` says to `recipient` in the portal, without their name.

        Links are paths of the portal.

        Raises:
            DeliveryError: it cannot be written.
        """
        with _writing():
            unnamed = replace(recipient, first_name=None)
            values = {
                name: value.removeprefix(self._public_url) if isinstance(value, str) else value
                for name, value in self._values(message, unnamed).items()
            }
            return self._templates[recipient.language].notice(message.kind, values)

    @property
    def editions_composed(self) -> int:
        """How many times an issue was composed for everybody."""
        return self._edition.cache_info().misses

    def _copied(self, message: MessageState, recipient: Recipient, to: str, at: datetime) -> bytes:
        """Return what `compose` would, from the edition that everybody gets."""
        name = _name(recipient)
        purpose, returns = message.details.topic or NEWSLETTER, self._returns
        edition = self._edition(message.details, recipient.language, named=bool(name))
        own = Own(
            to=to,
            date=format_datetime(at),
            message_id=self._message_id(message.message_id),
            link=self._links.link(recipient.subject_id, purpose),
            feedback=returns.token(message.message_id) if returns else "",
            name=name,
        )
        return edition.copy(own)

    def _edition_of(self, details: Details, language: Language, *, named: bool) -> Edition:
        """Compose an issue for anybody."""
        anybody = Recipient(SubjectId("anybody"), language, Personal(ANYBODY), Personal(NAME))
        if not named:
            anybody = replace(anybody, first_name=None)
        message = MessageState(
            status="queued",
            message_id="00000000-0000-4000-8000-000000000000",
            subject_id=anybody.subject_id,
            kind="newsletter",
            details=details,
        )
        values = {**self._values(message, anybody), "unsubscribe_link": LINK}
        mail = self._composed(message, anybody, ANYBODY, datetime.fromtimestamp(0, UTC))
        return Edition.of(mail, self._rendered(message, anybody, values), POLICY.fold)

    def _message_id(self, message: str) -> str:
        return f"<{message}@{self._sender.partition('@')[2]}>"

    def _composed(
        self, message: MessageState, recipient: Recipient, to: str, at: datetime
    ) -> EmailMessage:
        values = self._values(message, recipient)
        content = self._rendered(message, recipient, values)
        mail = EmailMessage(policy=POLICY)
        mail["From"] = f"carionexiq <{self._sender}>"
        mail["To"] = to
        mail["Subject"] = content.subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = self._message_id(message.message_id)
        if message.kind != "support_answer":
            mail["Auto-Submitted"] = "auto-generated"
        if message.details.thread is not None:
            self._thread(mail, message)
        if "unsubscribe_link" in values:
            # One press in the mail program itself withdraws (RFC 8058).
            mail["List-Unsubscribe"] = f"<{values['unsubscribe_link']}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if self._returns is not None:
            # Where a provider may tell that somebody called this unwanted (RFC 9477).
            mail["CFBL-Address"] = f"{self._returns.address}; report=arf"
            mail["CFBL-Feedback-ID"] = self._returns.token(message.message_id)
        mail.set_content(content.text, cte="quoted-printable")
        mail.add_alternative(content.html, subtype="html", cte="quoted-printable")
        if (event := message.details.event) is not None:
            entry = calendar_of(event, recipient.language, at)
            mail.add_attachment(
                entry,
                maintype="text",
                subtype="calendar",
                filename="carionexiq.ics",
                params={"charset": "utf-8", "method": "PUBLISH"},
            )
        add_calendar(
            mail,
            message,
            to=to,
            sender=self._sender,
            portal=self._public_url,
            language=recipient.language,
            at=at,
        )
        # Set last: a message that becomes multipart gives its content headers to its first part.
        mail["Content-Language"] = recipient.language
        return mail

    def _rendered(
        self, message: MessageState, recipient: Recipient, values: Mapping[str, Any]
    ) -> Content:
        return self._templates[recipient.language].render(message.kind, values)

    def _thread(self, mail: EmailMessage, message: MessageState) -> None:
        """Let an answer find its request: by the address, or else by what it refers to."""
        local, _, domain = self._sender.partition("@")
        thread, answered = message.details.thread, _plain(message.answers)
        mail["Reply-To"] = f"{local}+{thread}@{domain}"
        if answered:
            mail["In-Reply-To"] = answered
        mail["References"] = f"{answered} <thread.{thread}@{domain}>".strip()

    def _values(  # noqa: C901 - one case a kind
        self, message: MessageState, recipient: Recipient
    ) -> dict[str, Any]:
        language, details = recipient.language, message.details
        values: dict[str, Any] = {
            "kind": message.kind,
            "language": language,
            "portal": self._public_url,
            "contact": self._sender,
            "name": _name(recipient),
            "case_id": details.case_id,
            "hold_id": details.hold_id,
            "incident_id": details.incident_id,
            "anomaly_id": details.anomaly_id,
            "access_id": details.access_id,
            "rule": details.rule_id,
            "cause": details.cause,
            "opens": details.since and _moment(details.since, recipient),
            "suspended": details.suspends_at and _moment(details.suspends_at, recipient),
            "modules": len(details.modules),
        }
        if message.kind == "support_answer":
            values["title"] = " ".join(_plain(message.title).split())
            values["paragraphs"] = _plain(message.text).split("\n")
        if message.kind in PAGES:
            query = urlencode({"token": _plain(message.token)})
            values["link"] = f"{self._public_url}/{PAGES[message.kind]}?{query}"
        if message.kind == "authenticators_changed":
            values["change"] = details.change
        if message.kind in SINCE_MOMENT:
            values["at"] = None if details.since is None else _moment(details.since, recipient)
        if message.kind in WITH_MOMENT:
            values["until"] = None if details.due is None else _moment(details.due, recipient)
        if (consent := purpose_of(message.kind, details.topic)) is not None:
            values["unsubscribe_link"] = self._links.link(recipient.subject_id, consent)
        if details.event is not None:
            values |= _of_event(details.event, recipient)
        if message.kind == "newsletter":
            purpose = details.topic or NEWSLETTER
            values["article"] = self._texts.letter(purpose, details.issue or "").to(language)
        if message.kind == "hold_notice" and details.ground is not None:
            values |= self._of_hold(details, language)
        if message.kind == "disclosure_notice":
            values |= _of_disclosure(details, language)
        if message.kind == "incident_notice":
            values |= _of_incident(details, language)
        if message.kind == "policy_notice" and details.due is not None:
            values |= {"due": _day(details.due, language), "summary": details.summary or ""}
            values["link"] = f"{self._public_url}/privacy/announced"
        if message.kind == "processor_ends" and details.due is not None:
            values |= {"due": _day(details.due, language), "organisation": details.processor}
            values["reference"] = details.reference
        if details.starts_at is not None and details.ends_at is not None:
            values["starts"] = _moment(details.starts_at, recipient)
            values["ends"] = _moment(details.ends_at, recipient)
        if message.kind == "hold_review" and details.due is not None:
            values["due"] = _day(details.due, language)
        if message.kind == "deletion_notice" and details.due is not None:
            key = self._texts.reason_key(details.rule_id or "")
            reason = self._texts.reasons[key]
            values["due"] = _day(details.due, language)
            values["reason"] = reason.to(language)
            values["promise"] = reason.promise
            values["back"] = self._public_url + ("/contact" if key == "prospect" else "/sign-in")
        return values

    def _of_hold(self, details: Details, language: Language) -> dict[str, Any]:
        """Return what a person is told of a hold: never a file number or a name."""
        ground, authority = details.ground, details.authority
        instants = {"since": details.since, "due": details.due, "ended": details.ended}
        return {
            **{name: at and _day(at, language) for name, at in instants.items()},
            "kept": _kept(details, language),
            "ground": self._texts.grounds[ground].say(language) if ground else None,
            "authority": self._texts.authorities[authority].say(language) if authority else None,
            "was_secret": details.was_secret,
        }


@contextmanager
def _writing() -> Iterator[None]:
    """Say that a message cannot be written without its cause, which may show the address."""
    try:
        yield
    except (TemplateError, ValueError, KeyError, IndexError) as error:
        raise DeliveryError(f"unwritable.{type(error).__name__}", permanent=True) from None


def _kept(details: Details, language: Language) -> str:
    """Return the categories that a hold keeps, whole or in part, in words."""
    whole = {scope.category: scope.object is None for scope in details.scopes}
    names = (
        CATEGORIES[category].say(language) + ("" if entire else PARTLY.say(language))
        for category, entire in whole.items()
    )
    return ", ".join(names)


def _of_event(event: PlatformEvent, recipient: Recipient) -> dict[str, Any]:
    """Return what an invitation says, its moments by the recipient's clock."""
    language = recipient.language
    return {
        "heading": event.heading.say(language),
        "paragraphs": [one for one in event.summary.say(language).splitlines() if one.strip()],
        "venue": event.venue,
        "day": _day(event.starts_at, language, zone_of(recipient.zone)),
        "begins": _moment(event.starts_at, recipient),
        "ends": _moment(event.ends_at, recipient),
    }


def _of_disclosure(details: Details, language: Language) -> dict[str, Any]:
    """Return what a person is told of a disclosure (C6.2): never a file number or a name."""
    authority, article = details.demand_authority or "other", details.article or "other"
    return {
        "given": details.since and _day(details.since, language),
        "authority": DEMAND_AUTHORITIES[authority].say(language),
        "article": LEGAL_ARTICLES[article].say(language),
        "categories": ", ".join(CATEGORIES[one].say(language) for one in details.categories),
        "was_secret": details.was_secret,
    }


def _of_incident(details: Details, language: Language) -> dict[str, Any]:
    """Return what a person is told of a breach (GDPR art. 34(2))."""

    def said(words: Mapping[Any, Text], codes: Iterable[str]) -> str:
        return ", ".join(words[code].say(language) for code in codes)

    return {
        "since": details.since and _day(details.since, language),
        "aware": details.aware_at and _day(details.aware_at, language),
        "categories": said(CATEGORIES, details.categories),
        "natures": said(NATURES, details.natures),
        "consequences": said(CONSEQUENCES, details.consequences),
        "measures": said(MEASURES, details.measures),
        "advice": [ADVICE[one].say(language) for one in details.categories if one in ADVICE],
    }


def _day(at: datetime, language: str, zone: ZoneInfo = PARIS) -> str:
    """Return a date in words; terms are days of Paris, whoever reads of them."""
    day = at.astimezone(zone)
    written = format_date(day, "long", locale=language)
    return written.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else written


def _moment(at: datetime, recipient: Recipient) -> str:
    """Return a date and a time of day by the recipient's clock, which is named where not Paris."""
    language, zone = recipient.language, zone_of(recipient.zone)
    time = format_time(at.astimezone(zone), "HH:mm", locale=language)
    told = f"{_day(at, language, zone)} {'à' if language == 'fr' else 'at'} {time}"
    return told + named(at, zone.key, language)


def _plain(value: Personal[str] | None) -> str:
    return "" if value is None else value.text("")


def _name(recipient: Recipient) -> str:
    """Return the first name on one line; blanks are none."""
    return " ".join(_plain(recipient.first_name).split())
