"""Whether data may flow to a processor on a day: pure, and the same where it is told and kept."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, Literal

from shared.processors.adequacy import Adequacy
from shared.processors.model import CertificateKind, Country, Flow, Guarantee, ProcessorTerms
from shared.words import Text

Refusal = Literal[
    "not_registered",
    "flow_not_agreed",
    "contract_over",
    "certificate_missing",
    "certificate_over",
    "outside_eu",
    "no_guarantee",
    "guarantee_over",
]
"""Why data may not flow; the register's words for it are `REFUSALS`."""

EU: Final[frozenset[Country]] = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
EEA: Final = EU | {"IS", "LI", "NO"}
"""Where the GDPR applies, so that nothing is transferred to a third country."""
CERTIFIED: Final[Mapping[Flow, CertificateKind]] = {"hosting": "iso_27001", "payment": "pci_dss"}
"""What a flow may not do without (C6.1)."""
EU_ALONE: Final[frozenset[Flow]] = frozenset({"recordings"})
"""What stays on servers in the EU whatever else is agreed (C10.2)."""
SOON: Final = timedelta(days=60)
"""How long before an end the officer is reminded."""

REFUSALS: Final[Mapping[Refusal, Text]] = {
    "not_registered": Text(
        fr="aucun sous-traitant en cours ne porte ce nom", en="no current processor has this name"
    ),
    "flow_not_agreed": Text(
        fr="le contrat ne couvre pas ce flux", en="the contract does not cover this flow"
    ),
    "contract_over": Text(fr="le contrat a pris fin", en="the contract is over"),
    "certificate_missing": Text(
        fr="la certification exigée manque", en="the certificate needed is missing"
    ),
    "certificate_over": Text(fr="la certification a expiré", en="the certificate has expired"),
    "outside_eu": Text(
        fr="les enregistrements restent dans l’Union européenne",
        en="recordings stay in the European Union",
    ),
    "no_guarantee": Text(
        fr="transfert hors de l’Union sans garantie valable",
        en="transfer outside the Union without a valid guarantee",
    ),
    "guarantee_over": Text(
        fr="la garantie du transfert a expiré", en="the guarantee of the transfer has expired"
    ),
}


def why_not(
    terms: ProcessorTerms | None, flow: Flow, day: date, adequacy: Adequacy
) -> Refusal | None:
    """Return why `flow` to a processor is refused on `day`, or `None` when it may take place.

    `terms` are `None` where the register has no such processor, or it was ended.
    """
    if terms is None:
        return "not_registered"
    if flow not in terms.flows:
        return "flow_not_agreed"
    if terms.contract_until is not None and day > terms.contract_until:
        return "contract_over"
    return _uncertified(terms, flow, day) or _transfer(terms, flow, day, adequacy)


def refusals(
    terms: ProcessorTerms, day: date, adequacy: Adequacy
) -> Iterator[tuple[Flow, Refusal]]:
    """Yield the agreed flows that are refused on `day`, with the reason."""
    for flow in terms.flows:
        if (reason := why_not(terms, flow, day, adequacy)) is not None:
            yield flow, reason


def ends_soon(terms: ProcessorTerms, day: date, adequacy: Adequacy) -> bool:
    """Whether something that flows on `day` is refused within `SOON` unless it is renewed."""
    now, later = (dict(refusals(terms, at, adequacy)) for at in (day, day + SOON))
    return later.keys() > now.keys()


def _uncertified(terms: ProcessorTerms, flow: Flow, day: date) -> Refusal | None:
    needed = CERTIFIED.get(flow)
    ends = [one.valid_until for one in terms.certificates if one.kind == needed]
    if needed is None or any(day <= end for end in ends):
        return None
    return "certificate_over" if ends else "certificate_missing"


def _transfer(terms: ProcessorTerms, flow: Flow, day: date, adequacy: Adequacy) -> Refusal | None:
    for country, guarantee in terms.places():
        if flow in EU_ALONE and country not in EU:
            return "outside_eu"
        if (reason := _to(country, guarantee, day, adequacy)) is not None:
            return reason
    return None


def _to(
    country: Country, guarantee: Guarantee | None, day: date, adequacy: Adequacy
) -> Refusal | None:
    if country in EEA:
        return None
    if guarantee is None:
        return "no_guarantee"
    if guarantee.valid_until is not None and day > guarantee.valid_until:
        return "guarantee_over"
    if guarantee.ground != "adequacy":
        return None
    decisions = [one for one in adequacy if one.country == country]
    in_force = [one for one in decisions if one.holds_on(day)]
    if not in_force:
        return "guarantee_over" if any(one.is_past(day) for one in decisions) else "no_guarantee"
    # A decision that covers certified organisations alone needs their certificate's own end.
    if all(one.certified_only for one in in_force) and guarantee.valid_until is None:
        return "no_guarantee"
    return None
