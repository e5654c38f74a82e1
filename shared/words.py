"""Texts in the two languages of the platform; what categories are called within a sentence."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.personal import Category

Language = Literal["fr", "en"]


class Text(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def say(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.fr if language == "fr" else self.en


CATEGORIES: Final = {
    Category.CIVIL_IDENTITY: Text(fr="identité civile", en="civil identity"),
    Category.CONTACT: Text(fr="coordonnées", en="contact details"),
    Category.CREDENTIALS: Text(fr="moyens de connexion", en="credentials"),
    Category.PROFILE: Text(fr="profil", en="profile"),
    Category.MINORITY: Text(fr="minorité et représentant légal", en="minority and legal guardian"),
    Category.LEARNING_HISTORY: Text(fr="historique pédagogique", en="learning history"),
    Category.PAYMENT: Text(fr="paiement", en="payment"),
    Category.SUPPORT: Text(fr="assistance", en="support"),
    Category.PROSPECT: Text(fr="prospect", en="prospect"),
    Category.RECORDING: Text(fr="enregistrement", en="recording"),
    Category.TECHNICAL_TRACES: Text(fr="traces techniques", en="technical traces"),
    Category.MAIL_CONTENT: Text(fr="contenu des messages", en="content of messages"),
    Category.STAFF: Text(fr="personnel", en="staff"),
    Category.DEMAND: Text(fr="demandes officielles", en="official demands"),
    Category.DEAD_LETTERS: Text(fr="messages en échec", en="dead letters"),
    Category.ACCESS_FILE: Text(fr="dossier d'accès", en="access file"),
    Category.CANARIES: Text(fr="témoins de l'effacement", en="canaries of the erasure"),
}
"""The name of each category inside a sentence."""
