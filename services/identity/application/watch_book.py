"""The watching rules as shipped or configured, and which of them can watch at all."""

from dataclasses import dataclass
from pathlib import Path

from services.identity.adapters.geography import Geography
from services.identity.domain.anomaly.parse import parse_watch_rules
from services.identity.domain.anomaly.rules import ImpossibleTravel, Rule, WatchRules
from services.identity.domain.errors import WatchRulesError
from shared.settings import ConfigurationError


@dataclass(frozen=True, slots=True)
class RuleStanding:
    """One rule, and whether it watches."""

    rule: Rule
    inactive_because: str | None = None
    """`no_geography`; `None` where it watches."""


def load_watch_rules(file: Path) -> WatchRules:
    """Return the rules in `file`.

    Raises:
        ConfigurationError: it is missing or wrong; the message names file, line and rule.
    """
    try:
        return parse_watch_rules(file.read_text(encoding="utf-8"), file.name)
    except OSError as error:
        raise ConfigurationError(
            f"CARIONEXIQ_WATCH_RULES_FILE: cannot read {file} ({error.strerror})"
        ) from error
    except WatchRulesError as error:
        raise ConfigurationError(f"CARIONEXIQ_WATCH_RULES_FILE: {error}") from error


def standings(rules: WatchRules, geography: Geography) -> list[RuleStanding]:
    """Return every rule with whether it watches: none is silently blind."""
    return [RuleStanding(rule, _why_not(rule, geography)) for rule in rules.rules]


def _why_not(rule: Rule, geography: Geography) -> str | None:
    match rule.when:
        case ImpossibleTravel() if not geography.active:
            return "no_geography"
        case _:
            return None
