"""A receipt holds what ISO/IEC TS 27560 asks for, and a JSON-LD processor understands all of it."""

import json
from datetime import UTC, datetime
from typing import Any, Final, get_args

import pytest
from pyld import jsonld

from services.consent.adapters.purposes_file import load_purposes
from services.consent.adapters.receipt_context import load_context
from services.consent.domain.events import ConsentGranted, ConsentWithdrawn
from services.consent.domain.purposes import shown
from services.consent.domain.receipt import receipt
from shared.events.base import SubjectId
from shared.events.consent import Purpose

DPV: Final = "https://w3id.org/dpv#"
DCT: Final = "http://purl.org/dc/terms/"
PURPOSES: Final = load_purposes()
NOON: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)
_WORDS: Final = """
    Collect Consent ConsentGiven ConsentNotice ConsentReceipt ConsentRecord ConsentWithdrawn
    DataController DataProtectionAuthority DataSubject DirectMarketing ExplicitlyExpressedConsent
    ImproveExistingProductsAndServices LegalEntity Optional PersonalData Process
    ProvideEventRecommendations Purpose Recipient ServiceProvision StorageCondition Store Transmit
    Use WithdrawConsent hasAddress hasAuthority hasConsentControl hasConsentStatus hasContact
    hasDataController hasDataSource hasDataSubject hasDuration hasIndicationMethod hasJurisdiction
    hasLegalBasis hasLocation hasName hasNecessity hasNotice hasPersonalData hasProcess
    hasProcessing hasPurpose hasRecipient hasRight hasStorageCondition isImplementedByEntity
"""
TERMS: Final = frozenset(f"{DPV}{term}" for term in _WORDS.split())
"""Terms of DPV 2 that a receipt may use."""

MANDATORY: Final = (
    (DCT + "conformsTo",),
    (DCT + "identifier",),
    (DPV + "hasNotice", DCT + "language"),
    *(
        (DCT + "source", *path)
        for path in (
            (DCT + "identifier",),
            (DPV + "hasDataSubject", DCT + "identifier"),
            *(
                (DPV + "hasProcess", DPV + term)
                for term in (
                    "hasPurpose",
                    "hasLegalBasis",
                    "hasPersonalData",
                    "hasJurisdiction",
                    "hasRecipient",
                    "hasConsentControl",
                    "hasRight",
                )
            ),
            (DPV + "hasProcess", DPV + "hasStorageCondition", DPV + "hasDuration"),
            (DPV + "hasProcess", DPV + "hasStorageCondition", DPV + "hasLocation"),
            *(
                (DPV + "hasDataController", DPV + term)
                for term in ("hasName", "hasAddress", "hasContact")
            ),
            *(
                (DCT + "hasPart", term)
                for term in (DCT + "date", DPV + "hasConsentStatus", DPV + "isImplementedByEntity")
            ),
        )
    ),
)
"""What the mapping of 27560 to DPV calls mandatory, also for the GDPR."""


def _offline(url: str, _options: Any) -> Any:
    raise AssertionError(f"a receipt is understood without asking {url}")


def _receipt(purpose: Purpose, *, given: bool = True) -> dict[str, Any]:
    asked = PURPOSES.consent(purpose)
    event = (ConsentGranted if given else ConsentWithdrawn)(
        learner_id=SubjectId("0190-learner"),
        purpose=purpose,
        shown=shown(asked, "fr"),
        channel="portal",
        decided_at=NOON,
        place="choices",
        gesture="button",
    )
    made = receipt("0190-decision", event, asked, load_context(), portal="https://portal.test")
    content: dict[str, Any] = json.loads(json.dumps(made))
    return content


def _names(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(_names, node))
    if not isinstance(node, dict):
        return set()
    own = {name for name in node if not name.startswith("@")} | set(node.get("@type", ()))
    if "@id" in node and set(node) == {"@id"}:
        own.add(node["@id"])
    return own.union(*(_names(value) for name, value in node.items() if name != "@type"))


@pytest.mark.promise("C9.2")
@pytest.mark.parametrize("purpose", get_args(Purpose))
@pytest.mark.parametrize("given", [True, False], ids=["granted", "withdrawn"])
def test_a_receipt_has_every_mandatory_field(purpose: Purpose, given: bool) -> None:
    (root,) = jsonld.expand(_receipt(purpose, given=given), {"documentLoader": _offline})

    for path in MANDATORY:
        nodes = [root]
        for step in path:
            nodes = [one for node in nodes for one in node.get(step, [])]
        assert nodes, path
    assert root["@type"] == [f"{DPV}ConsentReceipt"]


@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_every_term_is_one_of_the_vocabulary(purpose: Purpose) -> None:
    expanded = jsonld.expand(_receipt(purpose), {"documentLoader": _offline})
    used = {name for name in _names(expanded) if name.startswith(DPV)}
    assert used <= TERMS


def test_no_field_is_lost_on_a_processor() -> None:
    context, content = load_context(), _receipt("newsletter")
    del content["@context"]

    def keys(node: Any) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(keys, node))
        return set(node).union(*map(keys, node.values())) if isinstance(node, dict) else set()

    assert keys(content) <= set(context)
    quads = jsonld.to_rdf(
        {**content, "@context": context},
        {"format": "application/n-quads", "documentLoader": _offline},
    )
    assert f"<{DPV}hasConsentStatus> <{DPV}ConsentGiven>" in quads
    assert '"2026-11-28T12:00:00+00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>' in quads


@pytest.mark.promise("C9.2")
def test_the_receipt_says_which_words_were_shown() -> None:
    content = _receipt("events")
    text = PURPOSES.consent("events").current
    assert content["notice"]["version"] == text.version
    assert content["notice"]["text"] == text.words("fr")
    assert len(content["notice"]["sha256"]) == 64
