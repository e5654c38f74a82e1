"""A processor as the register holds it: codes, days, file numbers, names of organisations alone.

Sources: GDPR art. 28 (contract, sub-processors) and chapter V (transfers), C6.1, C10.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.events.base import Identifier
from shared.personal import Category
from shared.words import Text

Flow = Literal[
    "hosting", "backups", "mail_out", "mail_in", "recordings", "payment", "staff_sign_in"
]
"""A way on which personal data leaves the machines of this installation."""
CertificateKind = Literal["iso_27001", "pci_dss"]
Ground = Literal["adequacy", "standard_clauses", "certification"]
"""On what a transfer to a third country rests: GDPR art. 45, 46(2)(c) and (d), 46(2)(f)."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
Organisation = Annotated[str, StringConstraints(pattern=r"^[^\W_][\w .,&'’()/+-]{0,79}$")]
"""Name of an organisation, as its contract has it; never a person's."""


class _Fixed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Certificate(_Fixed):
    """What an independent body certifies, up to and including a day."""

    kind: CertificateKind
    reference: Identifier
    valid_until: date


class Guarantee(_Fixed):
    """What a transfer outside the European Economic Area rests on (C10.1)."""

    ground: Ground
    reference: Identifier
    """File number of the signed clauses or of the certification; number of the decision."""
    valid_until: date | None = None
    """Last day; clauses hold as long as the contract where none is named."""


class SubProcessor(_Fixed):
    """Whom a processor engages in turn (GDPR art. 28(2))."""

    organisation: Organisation
    country: Country
    guarantee: Guarantee | None = None


class ProcessorTerms(_Fixed):
    """All that was agreed with a processor, as of its last amendment."""

    organisation: Organisation
    country: Country
    """Where it keeps and processes the data."""
    flows: Annotated[tuple[Flow, ...], Field(min_length=1)]
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    contract: Identifier
    """File number of the contract (GDPR art. 28(3))."""
    contract_until: date | None = None
    """Its last day; without one it runs until the processor is ended."""
    certificates: tuple[Certificate, ...] = ()
    guarantee: Guarantee | None = None
    sub_processors: tuple[SubProcessor, ...] = ()

    def places(self) -> Iterator[tuple[Country, Guarantee | None]]:
        """Yield every country the data gets to, with what that rests on."""
        yield self.country, self.guarantee
        for one in self.sub_processors:
            yield one.country, one.guarantee


FLOWS: Final[dict[Flow, Text]] = {
    "hosting": Text(fr="hébergement", en="hosting"),
    "backups": Text(fr="sauvegardes", en="backups"),
    "mail_out": Text(fr="envoi des e-mails", en="sending e-mail"),
    "mail_in": Text(fr="réception des e-mails", en="receiving e-mail"),
    "recordings": Text(fr="enregistrements des séances", en="session recordings"),
    "payment": Text(fr="paiement", en="payment"),
    "staff_sign_in": Text(fr="connexion du personnel", en="staff sign-in"),
}
CERTIFICATES: Final[dict[CertificateKind, Text]] = {
    "iso_27001": Text(fr="ISO 27001", en="ISO 27001"),
    "pci_dss": Text(fr="PCI-DSS", en="PCI-DSS"),
}
GROUNDS: Final[dict[Ground, Text]] = {
    "adequacy": Text(fr="décision d’adéquation", en="adequacy decision"),
    "standard_clauses": Text(fr="clauses contractuelles types", en="standard contractual clauses"),
    "certification": Text(fr="certification reconnue", en="recognised certification"),
}
