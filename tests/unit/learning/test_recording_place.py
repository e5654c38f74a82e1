"""A recording is here, or with whom the register names for it (C10.2)."""

import pytest

from services.learning.domain.recording.place import is_elsewhere


@pytest.mark.promise("C10.2")
@pytest.mark.parametrize(
    ("location", "elsewhere"),
    [
        ("salle-1", False),
        ("/srv/seances/1.mp4", False),
        ("http://127.0.0.1:9000/1", False),
        ("https://video.test/1", True),
        ("//video.test/1", True),
        ("s3://seances/1", True),
        ("http://[", True),
    ],
)
def test_an_address_on_another_machine_needs_a_processor(location: str, elsewhere: bool) -> None:
    assert is_elsewhere(location) is elsewhere
