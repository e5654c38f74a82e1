"""Signatures are those of the library, whichever way the message reaches it."""

import base64
from typing import Any
from unittest.mock import patch

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from services.notify.adapters.dkim_signing import SIGNED, DkimSigner
from services.notify.adapters.letters import Letters
from services.notify.adapters.samples import AT, SAMPLES, recipient
from services.notify.adapters.texts import load_texts
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks

KEY = rsa.generate_private_key(65537, 2048)
LETTERS = Letters(
    load_texts(),
    UnsubscribeLinks("a secret for the tests alone", "https://portal.test"),
    public_url="https://portal.test",
    sender="contact@carionexiq.test",
)


@pytest.mark.parametrize("sample", ["newsletter", "welcome"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_letter_is_signed_as_the_library_signs_it(sample: str, language: Any) -> None:
    content = LETTERS.written(SAMPLES[sample].message(), recipient(language), AT).content
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    with patch("dkim.time.time", return_value=1_700_000_000):
        signed = DkimSigner(KEY, "essai", "carionexiq.test").signed(content)
        alone = dkim.sign(
            content,
            b"essai",
            b"carionexiq.test",
            pem,
            canonicalize=(b"relaxed", b"simple"),
            include_headers=list(SIGNED),
        )
    assert signed == alone + content
    public = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    published = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    assert dkim.verify(signed, dnsfunc=lambda *_, **__: published)
    assert not dkim.verify(signed + b"Une ligne de plus\r\n", dnsfunc=lambda *_, **__: published)
