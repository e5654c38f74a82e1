"""Every message can be written in both languages, for people and for mail programs."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from markupsafe import escape

from services.notify.adapters.letters import Letters
from services.notify.adapters.samples import EVENT
from services.notify.adapters.texts import FOLDER, load_texts
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from services.notify.domain.errors import DeliveryError
from services.notify.domain.events import Details
from services.notify.domain.recipient import OFFICER, Recipient
from services.notify.domain.state import MessageState
from shared.events.identity import AuthenticatorChange
from shared.events.notify import MessageKind
from shared.events.retention import HeldScope
from shared.incidents import ADVICE, CONSEQUENCES, MEASURES, NATURES
from shared.personal import Category, Personal
from shared.words import CATEGORIES, Language
from tests.unit.docs.documents import ROOT
from tests.unit.notify.given import GONE, NOON, message, recipient

PORTAL = "https://portal.test"
TEXTS = load_texts()
LETTERS = Letters(
    TEXTS,
    UnsubscribeLinks("a-secret-of-the-tests", PORTAL),
    public_url=PORTAL,
    sender="contact@carionexiq.test",
)
DUE = datetime(2028, 2, 29, 23, 30, tzinfo=UTC)
HOLD = Details(
    hold_id="hold-1",
    scopes=(
        HeldScope(category=Category.CONTACT),
        HeldScope(category=Category.LEARNING_HISTORY, object="enrolment-1"),
        HeldScope(category=Category.LEARNING_HISTORY, object="enrolment-2"),
    ),
    ground="litigation",
    authority="court",
    since=datetime(2027, 3, 1, 9, tzinfo=UTC),
    due=DUE,
    was_secret=True,
)
INCIDENT = Details(
    incident_id="incident-1",
    aware_at=NOON,
    since=NOON - timedelta(days=2),
    categories=(Category.CONTACT, Category.CREDENTIALS),
    natures=("confidentiality",),
    consequences=("phishing",),
    measures=("access_closed", "sessions_ended"),
)
SEAT = {"session_id": "s-1", "sequence": 1, "starts_at": NOON, "ends_at": NOON + timedelta(hours=1)}
FIELDS: dict[str, dict[str, Any]] = {
    "session_invitation": {"details": Details(**SEAT, cause="moved")},
    "session_cancellation": {"details": Details(**SEAT, cause="cancelled")},
    "confirmation": {"token": Personal("opaque-token")},
    "guardian_agreement": {
        "token": Personal("opaque-token"),
        "guardian_email": Personal("tutrice@exemple.test"),
    },
    "guardian_reminder": {
        "details": Details(due=DUE),
        "token": Personal("opaque-token"),
        "guardian_email": Personal("tutrice@exemple.test"),
    },
    "guardian_agreed": {
        "token": Personal("opaque-token"),
        "guardian_email": Personal("tutrice@exemple.test"),
    },
    "guardian_answer": {"details": Details(cause="refused")},
    "account_blocked": {"details": Details(cause="revoked", due=DUE)},
    "minority_over": {"details": Details(cause="of_age")},
    "newsletter": {"details": Details(issue="2025-03")},
    "event_invitation": {"details": Details(event=EVENT)},
    "deletion_notice": {"details": Details(rule_id="profile", due=DUE)},
    "erasure_certificate": {"details": Details(case_id="case-1")},
    "password_recovery": {"token": Personal("opaque-token"), "details": Details(due=DUE)},
    "email_change": {
        "token": Personal("opaque-token"),
        "address": Personal("nouvelle@exemple.test"),
    },
    "email_change_notice": {
        "token": Personal("opaque-token"),
        "address": Personal("ancienne@exemple.test"),
        "details": Details(due=DUE),
    },
    "email_changed": {"address": Personal("ancienne@exemple.test"), "details": Details(due=DUE)},
    "authenticators_changed": {"details": Details(change="totp_added")},
    "hold_notice": {"details": HOLD},
    "hold_review": {"details": Details(hold_id="hold-1", due=DUE)},
    "incident_notice": {"details": INCIDENT},
    "policy_notice": {"details": Details(cause="2", due=DUE, summary="Un mot change.")},
    "penetration_test_due": {"details": Details(due=DUE, cause="month")},
    "rights_case_due": {"details": Details(case_id="case-1", due=DUE, cause="half")},
    "processor_ends": {
        "details": Details(processor="Exemple SA", reference="F-1", cause="certificate", due=DUE)
    },
    "demand_due": {"details": Details(case_id="demand-1", due=DUE, cause="half")},
    "disclosure_notice": {
        "details": Details(
            demand_authority="court", article="cpc-145", categories=(Category.CONTACT,), since=DUE
        )
    },
    "finding_overdue": {"details": Details(due=DUE)},
    "factor_return": {"details": Details(since=DUE, due=DUE)},
    "factor_return_notice": {"details": Details(since=DUE, due=DUE)},
    "training_due": {"details": Details(due=DUE)},
    "training_missed": {"details": Details(due=DUE, suspends_at=DUE)},
    "sign_in_notice": {
        "details": Details(since=DUE, rule_id="new-device"),
        "token": Personal("t"),
    },
    "anomaly_alarm": {"details": Details(since=DUE, rule_id="scraping", anomaly_id="a-1")},
    "break_glass_alarm": {"details": Details(since=DUE, due=DUE, access_id="access-1")},
    "break_glass_review": {"details": Details(since=DUE, access_id="access-1")},
    "incident_deadline": {"details": Details(incident_id="incident-1", due=DUE)},
}
HOLD_TOLD = {
    "fr": [
        "Depuis le 1er mars 2027",
        "coordonnées, historique pédagogique (en partie).",
        "un litige",
        "un tribunal",
        "jusqu’au 1er mars 2028",
        "La loi nous interdisait",
        "contester",
        "CNIL",
        "hold-1",
    ],
    "en": [
        "since March 1, 2027",
        "contact details, learning history (in part).",
        "a dispute",
        "a court",
        "until March 1, 2028",
        "The law forbade",
        "contest",
        "CNIL",
        "hold-1",
    ],
}
EVERY = [(kind, language) for kind in get_args(MessageKind) for language in ("fr", "en")]


def due(kind: MessageKind) -> MessageState:
    return message(kind, **FIELDS.get(kind, {}))


def sent(state: MessageState, person: Recipient) -> EmailMessage:
    """Return the message as a mail program parses it."""
    raw = LETTERS.compose(state, person, NOON).as_bytes()
    return message_from_bytes(raw, policy=default)


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def links(text: str) -> list[str]:
    return [word for word in text.split() if word.startswith("http")]


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_message_is_written_in_both_languages(kind: MessageKind, language: str) -> None:
    mail = sent(due(kind), recipient(language=language))
    html = part(mail, "html")

    assert mail["Subject"]
    assert mail["Content-Language"] == language
    assert f'<html lang="{language}"' in html
    assert ("Bonjour" in part(mail, "plain")) == (language == "fr")
    assert "None" not in part(mail, "plain")


@pytest.mark.promise("C1.5", "C6.4")
@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_no_message_loads_or_tracks_anything(kind: MessageKind, language: str) -> None:
    html = part(sent(due(kind), recipient(language=language)), "html")

    assert not re.search(r"<(img|script|link|iframe|form)|url\(|@import", html, re.IGNORECASE)
    assert {urlsplit(link).netloc for link in re.findall(r'href="([^"]+)"', html)} <= {
        "portal.test"
    }


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_no_link_carries_personal_data(kind: MessageKind, language: str) -> None:
    for link in links(part(sent(due(kind), recipient(language=language)), "plain")):
        assert "exemple.test" not in link
        assert "Prénom" not in link


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("confirmation", "/confirm"),
        ("guardian_agreement", "/guardian"),
        ("password_recovery", "/new-password"),
        ("email_change", "/confirm-email"),
        ("email_change_notice", "/stop-email-change"),
    ],
)
def test_a_token_is_in_the_link_of_its_page(kind: MessageKind, page: str) -> None:
    (link,) = links(part(sent(due(kind), recipient()), "plain"))

    assert urlsplit(link).path == page
    assert parse_qs(urlsplit(link).query) == {"token": ["opaque-token"]}


@pytest.mark.promise("C11.1")
def test_the_guardian_gets_the_request_without_the_minors_name() -> None:
    mail = sent(due("guardian_agreement"), recipient())

    assert mail["To"] == "tutrice@exemple.test"
    assert "Prénom" not in part(mail, "plain") + part(mail, "html")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_new_address_is_asked_without_saying_who_asks(language: str) -> None:
    mail = sent(due("email_change"), recipient(language=language))

    assert mail["To"] == "nouvelle@exemple.test"
    assert "Prénom" not in part(mail, "plain") + part(mail, "html")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_only_the_old_address_is_told_until_when_it_can_stop_a_change(language: str) -> None:
    to_old = sent(due("email_changed"), recipient(language=language))
    to_new = sent(message("email_changed"), recipient(language=language))

    assert ("1er mars 2028 à 00:30" if language == "fr" else "March 1, 2028 at 00:30") in " ".join(
        part(to_old, "plain").split()
    )
    assert "2028" not in part(to_new, "plain")


@pytest.mark.promise("C9.2")
@pytest.mark.promise("C7.3")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_change_of_authenticators_is_told_in_words_of_its_own(language: str) -> None:
    texts = {
        part(
            sent(
                message("authenticators_changed", details=Details(change=change)),
                recipient(language=language),
            ),
            "plain",
        )
        for change in get_args(AuthenticatorChange)
    }
    assert len(texts) == len(get_args(AuthenticatorChange))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_newsletter_has_an_unsubscribe_link_for_people_and_programs(language: str) -> None:
    mail = sent(due("newsletter"), recipient(language=language))
    link = links(part(mail, "plain"))[-1]

    assert urlsplit(link).path == "/unsubscribe"
    assert mail["List-Unsubscribe"] == f"<{link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f'href="{link}"' in part(mail, "html")


def test_a_long_link_stays_whole_in_its_header() -> None:
    person = Recipient(recipient().subject_id, email=Personal("canari@exemple.test"))
    raw = LETTERS.compose(due("newsletter"), person, NOON).as_bytes()
    (line,) = [one for one in raw.splitlines() if one.startswith(b"List-Unsubscribe:")]

    assert line.endswith(b">")
    assert b"=?" not in line


@pytest.mark.promise("C2.11")
@pytest.mark.parametrize(("language", "day"), [("fr", "1er mars 2028"), ("en", "March 1, 2028")])
def test_a_deletion_notice_says_what_when_why_and_how_to_stop_it(language: str, day: str) -> None:
    mail = sent(due("deletion_notice"), recipient(language=language))
    text = " ".join(part(mail, "plain").split())
    reason = TEXTS.reasons["account"]
    explanation = reason.fr if language == "fr" else reason.en

    assert day in text
    assert day in mail["Subject"]
    assert explanation.why in text
    assert explanation.stops in text
    assert reason.promise in text


@pytest.mark.promise("C2.11")
def test_every_rule_that_announces_its_deletion_has_words_of_its_own() -> None:
    (policy,) = sorted((ROOT / "services" / "retention" / "policy").glob("*.yaml"))
    rules = yaml.safe_load(policy.read_text(encoding="utf-8"))["rules"]
    announced = [rule["id"] for rule in rules if rule.get("notice")]

    assert announced
    assert [rule for rule in announced if TEXTS.reason_key(rule) == "other"] == []
    known = {rule["id"] for rule in rules}
    named = {rule for reason in TEXTS.reasons.values() for rule in reason.rules}
    assert named <= known


@pytest.mark.promise("C7.8")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_who_is_told_of_an_incident_learns_what_may_follow_and_what_to_do_for_each_category(
    language: Language,
) -> None:
    mail = sent(due("incident_notice"), recipient(language=language))
    text = " ".join(part(mail, "plain").split())
    for category in INCIDENT.categories:
        assert CATEGORIES[category].say(language) in text
        assert ADVICE[category].say(language) in text
    told = [NATURES["confidentiality"], CONSEQUENCES["phishing"], MEASURES["sessions_ended"]]
    assert all(one.say(language) in text for one in told)
    assert "incident-1" in text
    assert "CNIL" in text


@pytest.mark.promise("C6.2")
@pytest.mark.parametrize(("language", "words"), HOLD_TOLD.items())
def test_a_hold_notice_says_what_since_when_why_for_whom_until_when_and_what_to_do(
    language: str, words: list[str]
) -> None:
    text = " ".join(part(sent(due("hold_notice"), recipient(language=language)), "plain").split())

    assert [one for one in words if one not in text] == []
    assert "/my-data" in text


@pytest.mark.promise("C6.2")
def test_a_notice_of_a_hold_that_has_ended_says_so_and_of_no_secret_that_never_was() -> None:
    over = HOLD.model_copy(update={"ended": DUE, "was_secret": False, "authority": None})
    text = " ".join(part(sent(message("hold_notice", details=over), recipient()), "plain").split())

    assert "ont été mises à l’abri de tout effacement du 1er mars 2027 au 1er mars 2028" in text
    assert "est terminée" in text
    assert "interdisait" not in text
    assert "Demandé par" not in text


@pytest.mark.promise("C6.2")
def test_a_reminder_of_a_review_says_which_hold_until_when_and_nothing_of_the_person() -> None:
    mail = sent(due("hold_review"), Recipient(OFFICER, email=Personal("dpo@exemple.test")))
    text = part(mail, "plain")

    assert "1er mars 2028" in mail["Subject"]
    assert f"{PORTAL}/staff/holds/hold-1" in links(text)
    assert "person-1" not in text


def test_a_message_keeps_its_identity_when_it_is_sent_again() -> None:
    first, second = (sent(due("welcome"), recipient()) for _ in range(2))

    assert first["Message-ID"] == second["Message-ID"] == "<message-1@carionexiq.test>"


@pytest.mark.promise("C8.4")
def test_an_erased_name_is_left_out() -> None:
    text = part(sent(due("welcome"), recipient(first_name=GONE)), "plain")

    assert text.startswith("Bonjour,")


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "</mj-text><mj-image src='https://elsewhere.test/' />",
        "<mj-include path='/etc/passwd' />",
        "{{ portal }}{% include 'text.jinja' %}",
        "&amp;<!-- ]]>",
        "%(name)s %s",
    ],
)
def test_a_name_cannot_bring_markup_along(name: str) -> None:
    mail = sent(due("welcome"), recipient(first_name=Personal(name)))
    html = part(mail, "html")

    assert f"Bonjour {escape(name)}," in html
    assert not re.search(r"<(script|img|mj-)", html)
    assert f"Bonjour {name}," in " ".join(part(mail, "plain").split())


def test_an_address_cannot_bring_headers_along() -> None:
    person = recipient(email=Personal("canari@exemple.test\nBcc: tous@exemple.test"))

    with pytest.raises(DeliveryError) as caught:
        LETTERS.compose(due("welcome"), person, NOON)

    assert caught.value.permanent
    assert "exemple" not in str(caught.value)


def test_there_is_a_newsletter_for_every_month() -> None:
    titles = {TEXTS.letter("newsletter", f"2025-{month:02}").fr.title for month in range(1, 13)}

    assert len(titles) == 12
    assert (FOLDER / "newsletter.yaml").exists()


def test_a_letter_names_a_moment_by_the_clock_of_who_reads_it() -> None:
    recovery = message("password_recovery", details=Details(due=DUE), token=Personal("opaque"))
    told = {
        zone: " ".join(LETTERS.content(recovery, replace(recipient(), zone=zone)).text.split())
        for zone in ("Europe/Paris", "America/New_York")
    }
    assert "1er mars 2028 à 00:30" in told["Europe/Paris"]
    assert "UTC" not in told["Europe/Paris"]
    assert "29 février 2028 à 18:30 (New York, UTC-5)" in told["America/New_York"]
