"""The receipt of a decision about a consent, in the shape of ISO/IEC TS 27560:2023.

Written as JSON-LD with the W3C Data Privacy Vocabulary (DPV), by the mapping of the DPV community
group's guide to 27560. The context goes along in the file, so that it is understood offline.
"""

from typing import Any, Final

from services.consent.domain.events import ConsentGranted, ConsentWithdrawn
from services.consent.domain.purposes import ConsentPurpose, ConsentText, Language, Text

SCHEMA: Final = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr"
RECEIPT: Final = Text(fr="Reçu de consentement", en="Consent receipt")
UNTIL_WITHDRAWN: Final = Text(fr="jusqu’au retrait", en="until withdrawn")
CONTROLLER: Final[dict[str, Any]] = {
    "id": "https://carionexiq.com/",
    "type": ["LegalEntity", "DataController"],
    "name": "carionexiq",
    "address": "carionexiq.com, France",
    "contact": "mailto:contact@carionexiq.com",
}
AUTHORITY: Final[dict[str, Any]] = {
    "id": "https://www.cnil.fr/",
    "type": "DataProtectionAuthority",
    "name": "CNIL",
    "contact": "https://www.cnil.fr/fr/plaintes",
}
RIGHTS: Final = ("A7-3", "A13", "A15", "A16", "A17", "A18", "A20", "A77")
"""Articles of the GDPR, as the vocabulary names them."""


def receipt(
    event_id: str,
    event: ConsentGranted | ConsentWithdrawn,
    asked: ConsentPurpose,
    context: dict[str, Any],
    *,
    portal: str,
) -> dict[str, Any]:
    """Return the receipt of one decision, for its person.

    Args:
        event_id: the decision's own id, which names the receipt.
        event: the decision.
        asked: what was decided about.
        context: the JSON-LD context that its words are from.
        portal: where people reach the portal, without a slash at the end.
    """
    language = event.shown.language
    text = next((one for one in asked.texts if one.version == event.shown.text_version), None)
    return {
        "@context": context,
        "id": f"urn:uuid:{event_id}",
        "type": "ConsentReceipt",
        "schema_version": SCHEMA,
        "title": RECEIPT.to(language),
        "receipt_id": event_id,
        "record": {
            "id": f"urn:uuid:{event_id}#record",
            "type": "ConsentRecord",
            "record_id": event_id,
            "pii_principal": {"type": "DataSubject", "identifier": event.learner_id},
            "processing": _processing(asked, text, language, portal),
            "controller": CONTROLLER,
            "authority": AUTHORITY,
            "events": [_event(event)],
        },
    } | _notice(event, text, portal)


def _notice(
    event: ConsentGranted | ConsentWithdrawn, text: ConsentText | None, portal: str
) -> dict[str, Any]:
    notice: dict[str, Any] = {
        "id": f"{portal}/consents#{event.shown.text_version}",
        "type": "ConsentNotice",
        "version": event.shown.text_version,
        "language": event.shown.language,
        "url": f"{portal}/privacy",
    }
    if text is not None:
        notice["text"] = text.words(event.shown.language)
    if event.shown.digest is not None:
        notice["sha256"] = event.shown.digest
    return {"notice": notice}


def _processing(
    asked: ConsentPurpose, text: ConsentText | None, language: Language, portal: str
) -> dict[str, Any]:
    done = asked.processing
    title = (text or asked.current).title.to(language)
    return {
        "type": "Process",
        "purpose": {"type": ["Purpose", *done.purposes], "identifier": asked.purpose}
        | {"title": title},
        "lawful_basis": "ExplicitlyExpressedConsent",
        "personal_data": [
            {"type": ["PersonalData", one], "necessity": "Optional"} for one in done.data
        ],
        "operations": list(done.operations),
        "collected_from": "DataSubject",
        "storage": {
            "type": "StorageCondition",
            "location": "FR",
            "retention": done.kept.to(language),
        },
        "jurisdiction": "FR",
        "recipients": [{"type": "Recipient", "name": one.to(language)} for one in done.recipients],
        "withdrawal": {
            "type": "WithdrawConsent",
            "url": f"{portal}/consents",
            "language": language,
        },
        "rights": list(RIGHTS),
    }


def _event(event: ConsentGranted | ConsentWithdrawn) -> dict[str, Any]:
    given = isinstance(event, ConsentGranted)
    found: dict[str, Any] = {
        "type": "ExplicitlyExpressedConsent" if given else "Consent",
        "state": "ConsentGiven" if given else "ConsentWithdrawn",
        "time": event.decided_at.isoformat(),
        "entity": {"type": "DataSubject", "identifier": event.learner_id},
        "channel": event.channel,
    }
    if given:
        found["validity"] = UNTIL_WITHDRAWN.to(event.shown.language)
    if event.place is not None:
        found["place"] = event.place
    if event.gesture is not None:
        found["method"] = event.gesture
    return found
