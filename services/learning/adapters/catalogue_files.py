"""Reading the catalogue from its files, once, at the start."""

from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from services.learning.domain.catalogue.model import Catalogue
from shared.settings import ConfigurationError
from shared.yaml_text import parsed

FOLDER: Final = Path(__file__).parent.parent / "catalogue"
COMPETENCIES: Final = "competencies.yaml"


def load_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Read `competencies.yaml` and every other YAML file of `folder` as one module each.

    Raises:
        ConfigurationError: a file is missing or wrong; one line that names the place.
    """
    try:
        documents: dict[str, Any] = {
            path.name: parsed(path.read_text(encoding="utf-8"))
            for path in sorted(folder.glob("*.yaml"))
        }
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(f"catalogue: {type(error).__name__} in {folder}") from error
    if COMPETENCIES not in documents:
        raise ConfigurationError(f"catalogue: no {COMPETENCIES} in {folder}")
    competencies = documents.pop(COMPETENCIES)
    modules = sorted(documents.values(), key=lambda module: module.get("position", 0))
    try:
        return Catalogue.model_validate({"competencies": competencies, "modules": modules})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "/".join(str(step) for step in first["loc"])
        raise ConfigurationError(f"catalogue: {place}: {first['msg']}") from error
