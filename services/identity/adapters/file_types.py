"""What a file is, by its content: never by what it is called or said to be."""

import re
from typing import Final

import filetype

CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
CARRIAGE_RETURN: Final = "\r\n"


def media_type_of(content: bytes) -> str | None:
    """Return the media type of `content`, `None` where it is not known."""
    known = filetype.guess_mime(content) if content else None
    if known is not None or not content:
        return str(known) if known else None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    # A page or a picture that may hold a script is text as well.
    unshown = CONTROLS.search(text.replace(CARRIAGE_RETURN, "\n"))
    return None if unshown or text.lstrip().startswith("<") else "text/plain"
