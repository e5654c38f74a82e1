"""What a data key covers."""

from typing import NamedTuple

from shared.personal import Category


class KeyId(NamedTuple):
    """What one data key covers: an object of a category of a person."""

    subject: str
    category: Category
    object: str

    def text(self) -> str:
        """Return the id as stored and as bound into every ciphertext."""
        return f"{self.subject}|{self.category}|{self.object}"

    @classmethod
    def parse(cls, text: str) -> "KeyId":
        """Return the id that `text` was made from."""
        subject, category, scope = text.split("|")
        return cls(subject, Category(category), scope)
