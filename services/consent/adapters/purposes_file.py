"""Reading the purposes from their file, once, at the start."""

from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from services.consent.domain.purposes import Purposes
from shared.settings import ConfigurationError
from shared.yaml_text import parsed

FILE: Final = Path(__file__).parent.parent / "purposes.yaml"


def load_purposes(path: Path = FILE) -> Purposes:
    """Read and check the purposes at `path`.

    Raises:
        ConfigurationError: the file is missing or wrong; one line that names the place.
    """
    try:
        return Purposes.model_validate(parsed(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(f"purposes: {type(error).__name__} in {path}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "/".join(str(step) for step in first["loc"])
        raise ConfigurationError(f"purposes: {place}: {first['msg']}") from error
