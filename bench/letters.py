"""What a copy of a newsletter takes: from its edition, composed alone, and its signature."""

from collections.abc import Callable
from time import perf_counter
from typing import Final

import dkim
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from bench.rows import Row, ratio_at_least
from services.notify.adapters.dkim_signing import DkimSigner
from services.notify.adapters.letters import Letters
from services.notify.adapters.samples import AT, SAMPLES, recipient
from services.notify.adapters.texts import load_texts
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks

PORTAL: Final = "https://portal.test"
SENDER: Final = "contact@carionexiq.test"
BITS: Final = 2048


def rows(count: int) -> list[Row]:
    """Return how many copies a second one core composes and signs, of `count` each."""
    letters = Letters(
        load_texts(),
        UnsubscribeLinks("a secret of invented people", PORTAL),
        public_url=PORTAL,
        sender=SENDER,
    )
    message, person = SAMPLES["newsletter"].message(), recipient("fr")
    copy = letters.written(message, person, AT).content
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    signer = DkimSigner(key, "bench", SENDER.partition("@")[2])
    copied = _rate(lambda: letters.written(message, person, AT), count)
    alone = _rate(lambda: letters.compose(message, person, AT).as_bytes(), count // 10)
    signed = _rate(lambda: signer.signed(copy), count)
    library = _rate(lambda: dkim.sign(copy, b"bench", b"b.test", signer.pem), count // 4)
    modern = ed25519.Ed25519PrivateKey.generate()
    digest = bytes(32)
    ed = _rate(lambda: modern.sign(digest), count)
    prehashed = Prehashed(hashes.SHA256())
    rsa_alone = _rate(lambda: key.sign(digest, padding.PKCS1v15(), prehashed), count)
    return [
        Row(
            "newsletter: copies of an edition",
            copied,
            "messages/s",
            alone,
            "the same, each composed alone",
            ratio_at_least(10),
        ),
        Row("newsletter: DKIM signatures", signed, "messages/s", library, "dkimpy, RSA by OpenSSL"),
        Row("Ed25519 signatures", ed, "/s", rsa_alone, "RSA signatures of 2048 bits"),
    ]


def _rate(work: Callable[[], object], count: int) -> float:
    began = perf_counter()
    for _ in range(max(count, 1)):
        work()
    return max(count, 1) / (perf_counter() - began)
