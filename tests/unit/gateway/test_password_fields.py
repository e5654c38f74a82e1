"""Fields for passwords: masked, open to managers, and their spaces count (ASVS 6.2.6 to 6.2.8)."""

import re
from typing import Final

from services.gateway.rendering import TEMPLATES
from services.gateway.visitor import PASSWORDS

CALL: Final = re.compile(r"ui\.field\('(\w*password)',.*?\) }}")


def test_password_fields_are_masked_and_known_to_password_managers() -> None:
    found = [
        (call.group(1), call.group(0))
        for template in TEMPLATES.rglob("*.html")
        for call in CALL.finditer(template.read_text(encoding="utf-8"))
    ]
    assert len(found) >= 3
    for name, call in found:
        assert name in PASSWORDS
        assert "type='password'" in call
        assert re.search(r"autocomplete='(new|current)-password'", call)
        assert "maxlength" not in call
