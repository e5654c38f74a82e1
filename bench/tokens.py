"""What each request between gateway and services costs for its token."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.rows import Row, p50
from bench.stage import Stage
from shared.clock import SystemClock
from shared.http.auth import Role, Session
from shared.ids import new_id
from shared.settings import Settings
from shared.tokens import (
    GATEWAY,
    EndedSessions,
    PublicKeys,
    TokenIssuer,
    TokenVerifier,
    create_token_keys,
)

SERVICE: Final = "learning"
MESSAGE: Final = b"x" * 400
"""About as long as what is signed of a token."""


async def measure(stage: Stage) -> list[Row]:
    """Measure issuing and verifying beside the bare signature."""
    rounds, turn = stage.size(40, 2), stage.size(100, 5)
    bare = Ed25519PrivateKey.generate()
    public, signature = bare.public_key(), bare.sign(MESSAGE)
    clock = SystemClock()
    session = Session(new_id(), clock.now())
    with TemporaryDirectory() as folder:
        create_token_keys(Path(folder) / "secrets")
        issuer = TokenIssuer(GATEWAY, Path(folder) / "secrets", clock)
        keys = PublicKeys.of(Settings(data_dir=Path(folder)))
        verifier = TokenVerifier(SERVICE, keys, clock, EndedSessions(clock))

        def issue() -> str:
            return issuer.issue(SERVICE, session.id, Role.LEARNER, session)

        async def issued() -> list[float]:
            return [_ms(began) for began in _times(turn) if issue()]

        async def signed() -> list[float]:
            return [_ms(began) for began in _times(turn) if bare.sign(MESSAGE)]

        async def verified() -> list[float]:
            samples, token = [], issue()
            for began in _times(turn):
                await verifier.verify(token)
                samples.append(_ms(began))
            return samples

        async def checked() -> list[float]:
            samples = []
            for began in _times(turn):
                public.verify(signature, MESSAGE)
                samples.append(_ms(began))
            return samples

        issues, signs = await stage.interleaved(rounds, issued, signed)
        verifies, checks = await stage.interleaved(rounds, verified, checked)
    against = "cryptography: the bare signature"
    return [
        Row("issuing a token, p50", p50(issues), "ms", p50(signs), against),
        Row("verifying a token, p50", p50(verifies), "ms", p50(checks), against),
    ]


def _times(count: int) -> Iterator[float]:
    """Yield, `count` times, the instant at which the next one begins."""
    for _ in range(count):
        yield perf_counter()


def _ms(began: float) -> float:
    return (perf_counter() - began) * 1_000
