"""Files that come with a message: what they are is found out before anything is kept."""

from collections.abc import Sequence

from services.identity.adapters.file_types import media_type_of
from services.identity.domain.support.files import Attachment, require_taken
from services.identity.entrypoints.bodies import FileBody


def taken(files: Sequence[FileBody]) -> tuple[Attachment, ...]:
    """Return `files` as they are kept.

    Raises:
        FileRefusedError: one is of a type that is not taken, too large or empty.
    """
    found = tuple(Attachment(one.name, one.content, media_type_of(one.content)) for one in files)
    require_taken(found)
    return found
