"""Reading the versions of the privacy policy from their files, once, at the start."""

from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from services.consent.domain.policy.text import Policies
from shared.settings import ConfigurationError
from shared.yaml_text import parsed

FOLDER: Final = Path(__file__).parent.parent / "policy"


def load_policies(folder: Path = FOLDER) -> Policies:
    """Read and check the versions in `folder`: `1.yaml`, `2.yaml` and so on.

    Raises:
        ConfigurationError: a file is missing or wrong; one line that names the place.
    """
    try:
        files = sorted(folder.glob("*.yaml"), key=lambda file: int(file.stem))
        texts = [parsed(file.read_text(encoding="utf-8")) for file in files]
        return Policies.model_validate({"texts": texts})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "/".join(str(step) for step in first["loc"])
        raise ConfigurationError(f"policy: {place}: {first['msg']}") from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigurationError(f"policy: {type(error).__name__} in {folder}") from error
