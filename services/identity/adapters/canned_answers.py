"""Canned answers: texts that are data, in both languages."""

from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from shared.events.base import Identifier
from shared.settings import ConfigurationError
from shared.yaml_text import parsed

FILE: Final = Path(__file__).parent.parent / "canned_answers.yaml"
Wording = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(_Data):
    """One answer in one language."""

    title: Wording
    text: Wording


class CannedAnswer(_Data):
    """An answer to start from."""

    id: Identifier
    fr: Answer
    en: Answer


def load_canned_answers(file: Path = FILE) -> list[CannedAnswer]:
    """Return the answers in `file`.

    Raises:
        ConfigurationError: it is missing or wrong; one line that names the place.
    """
    try:
        answers = TypeAdapter(list[CannedAnswer]).validate_python(
            parsed(file.read_text(encoding="utf-8"))
        )
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(f"canned answers: {type(error).__name__} in {file}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "/".join(str(step) for step in first["loc"])
        raise ConfigurationError(f"canned answers: {place}: {first['msg']}") from error
    ids = [answer.id for answer in answers]
    if twice := next((one for one in ids if ids.count(one) > 1), None):
        raise ConfigurationError(f"canned answers: {twice} is there twice in {file}")
    return answers
