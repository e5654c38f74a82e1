"""Looking at sign-ins that failed, everybody's: credential stuffing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from services.identity.domain.anomaly.facts import FailedSignIn, Finding
from services.identity.domain.anomaly.rules import Rule, StuffingDistributed, StuffingOneNetwork

EVERYWHERE: Final = "everywhere"
REMEMBERED: Final = timedelta(days=1)
"""How long failed sign-ins are kept."""


def one_network(
    rule: Rule, when: StuffingOneNetwork, failed: Sequence[FailedSignIn], now: datetime
) -> list[Finding]:
    """Return each network that tried too many accounts within the last `when.within`."""
    tried: dict[str, list[FailedSignIn]] = defaultdict(list)
    for one in _lately(failed, now, when.within):
        tried[one.network].append(one)
    return [
        _finding(rule, network, those)
        for network, those in sorted(tried.items())
        if _accounts(those) >= when.accounts
    ]


def distributed(
    rule: Rule, when: StuffingDistributed, failed: Sequence[FailedSignIn], now: datetime
) -> list[Finding]:
    """Return whether very many accounts fail now, whatever the networks, against the last day."""
    lately = _lately(failed, now, when.within)
    accounts = _accounts(lately)
    if accounts < when.accounts:
        return []
    earlier = [one for one in failed if now - REMEMBERED < one.at <= now - when.within]
    spans = max(1.0, (REMEMBERED - when.within) / when.within)
    usual = len({(one.account, (now - one.at) // when.within) for one in earlier}) / spans
    if accounts < usual * when.times_usual:
        return []
    return [_finding(rule, EVERYWHERE, lately)]


def _lately(failed: Sequence[FailedSignIn], now: datetime, within: timedelta) -> list[FailedSignIn]:
    return [one for one in failed if now - within < one.at <= now]


def _accounts(failed: Sequence[FailedSignIn]) -> int:
    return len({one.account for one in failed})


def _finding(rule: Rule, about: str, failed: Sequence[FailedSignIn]) -> Finding:
    return Finding(
        rule.id,
        about,
        since=min(one.at for one in failed),
        until=max(one.at for one in failed),
        counts={
            "accounts": _accounts(failed),
            "attempts": len(failed),
            "networks": len({one.network for one in failed}),
        },
    )
