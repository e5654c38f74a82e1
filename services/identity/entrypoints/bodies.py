"""Shapes of identity's requests; what they carry is validated here and nowhere else."""

from datetime import date
from typing import Annotated, Any, Literal

import phonenumbers
from email_validator import EmailNotValidError
from pydantic import AfterValidator, Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.identity.adapters.email_index import normalised
from services.identity.domain import writing
from services.identity.domain.learner.events import ReportReason, WithdrawalReason
from services.identity.domain.password_policy import MAXIMUM_LENGTH, MINIMUM_LENGTH
from services.identity.domain.support.files import MOST
from shared.events.base import Identifier
from shared.events.support import SupportQueue
from shared.http.auth import STAFF_ROLES, Role
from shared.trainings import Programme
from shared.zones import LONGEST, is_zone

EARLIEST_BIRTH = date(1900, 1, 1)
LATEST_BIRTH = date(2200, 1, 1)
"""Keeps coming of age within the calendar's range; the clock may be a virtual one."""


def _email(value: str) -> str:
    try:
        address = normalised(value)
    except EmailNotValidError:
        # The library's message quotes the address.
        raise ValueError("not an e-mail address") from None
    if not address.rpartition("@")[0].isascii():
        # Many mail servers take no such address (RFC 6531): nobody could be written to there.
        raise PydanticCustomError("email_local_part", "other characters before the @ than ASCII")
    return address


def _line(value: str) -> str:
    try:
        return writing.line(value)
    except writing.UnwritableError:
        raise PydanticCustomError("unwritable", "characters that cannot be shown") from None


def _text(value: str) -> str:
    try:
        return writing.text(value)
    except writing.UnwritableError:
        raise PydanticCustomError("unwritable", "characters that cannot be shown") from None


def _telephone(value: str) -> str:
    try:
        number = phonenumbers.parse(value, "FR")
    except phonenumbers.NumberParseException:
        raise ValueError("not a telephone number") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a telephone number")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _zone(value: str) -> str:
    if not is_zone(value):
        raise ValueError("not a time zone")
    return value


def _staff_role(value: Role) -> Role:
    if value not in STAFF_ROLES:
        raise ValueError("not a role of staff")
    return value


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_line),
]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_email)]
Telephone = Annotated[str, StringConstraints(max_length=40), AfterValidator(_telephone)]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=5000),
    AfterValidator(_text),
]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(_line),
]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=15, max_length=1000),
    AfterValidator(_text),
]
"""Why something is done, in words: what a single one could say is no reason."""
Password = Annotated[str, Field(min_length=MINIMUM_LENGTH, max_length=MAXIMUM_LENGTH)]
Given = Annotated[str, Field(min_length=1, max_length=MAXIMUM_LENGTH)]
"""A password that is compared, not chosen."""
Zone = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(_zone)]
"""IANA name of a time zone."""
StaffRole = Annotated[Role, AfterValidator(_staff_role)]
Language = Literal["fr", "en"]


class Body(BaseModel):
    """A request body; unknown members are refused, and errors never quote values."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


BirthDate = Annotated[date, Field(ge=EARLIEST_BIRTH, lt=LATEST_BIRTH)]


class GuardianBody(Body):
    """Whom to ask for agreement; the birth date only where it is not known yet (C11)."""

    guardian_email: Email
    guardian_name: Name | None = None
    birth_date: BirthDate | None = None


class MinorityBody(GuardianBody):
    """Being under 18 after all (C11.2)."""

    birth_date: BirthDate


class ReportBody(Body):
    """On what a report of a minor rests."""

    reason: ReportReason


class WithdrawalBody(Body):
    """Why a report of a minor was wrong."""

    reason: WithdrawalReason


class RegistrationBody(Body):
    """Asking for an account (C1.2)."""

    first_name: Name
    last_name: Name
    email: Email
    telephone: Telephone | None = None
    birth_date: BirthDate | None = None
    """Of minors alone: whoever gives none says to be of age."""
    language: Language = "fr"
    zone: Zone | None = None
    password: Password
    guardian_email: Email | None = None
    guardian_name: Name | None = None


class TokenBody(Body):
    """The token of a link."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class AddressBody(Body):
    """An e-mail address that somebody says is theirs."""

    email: Email


class ResetBody(TokenBody):
    """The token of a recovery link and the password to use from now on."""

    password: Password


class PasswordBody(Body):
    """Another password, and the one it replaces."""

    current_password: Given
    password: Password


class EmailChangeBody(Body):
    """Another e-mail address, and the password that shows who asks."""

    email: Email
    current_password: Given


Device = Annotated[str, StringConstraints(max_length=200)]
"""What an earlier sign-in left on the browser."""


class CredentialsBody(Body):
    """Signing in."""

    email: Email
    password: Given
    device: Device | None = None
    browser: Annotated[str, StringConstraints(max_length=500)] = "unknown"
    screen: Annotated[str, StringConstraints(max_length=50)] | None = None


Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
"""A code of an authenticator app, or a recovery code, as people type it."""
Ceremony = Annotated[str, StringConstraints(min_length=1, max_length=200)]
PasskeyAnswer = dict[str, Any]
"""What a browser answers a challenge with (WebAuthn's `PublicKeyCredential` as JSON)."""


class CodeBody(Body):
    """A code that shows who one is."""

    code: Code


class PendingBody(Body):
    """A pending sign-in."""

    pending: Ceremony


class SecondFactorBody(CodeBody):
    """Completing a pending sign-in."""

    pending: Ceremony
    device: Device | None = None
    browser: Annotated[str, StringConstraints(max_length=500)] = "unknown"
    screen: Annotated[str, StringConstraints(max_length=50)] | None = None


class PasskeySignInBody(Body):
    """Signing in by a passkey."""

    ceremony: Ceremony
    credential: PasskeyAnswer
    device: Device | None = None
    browser: Annotated[str, StringConstraints(max_length=500)] = "unknown"
    screen: Annotated[str, StringConstraints(max_length=50)] | None = None


class NewPasskeyBody(Body):
    """A passkey that the browser has just made."""

    ceremony: Ceremony
    credential: PasskeyAnswer
    name: Name


class PasskeyNameBody(Body):
    """What a passkey is called from now on."""

    name: Name


class AuthenticationBody(Body):
    """Showing anew who one is: by one of these."""

    password: Given | None = None
    code: Code | None = None
    ceremony: Ceremony | None = None
    credential: PasskeyAnswer | None = None


class RectificationBody(Body):
    """Correcting what is held (C8.2); absent members stay as they are."""

    first_name: Name | None = None
    last_name: Name | None = None
    telephone: Telephone | None = None
    language: Language | None = None


class ZoneBody(Body):
    """By which clock the learner lives."""

    zone: Zone


class ProfileBody(Body):
    """Goals, experience, availability and preferences (C1.6)."""

    goals: Line | None = None
    experience: Line | None = None
    availability: Line | None = None
    pace: Line | None = None
    format: Line | None = None


class ConfirmBody(Body):
    """An act that cannot be undone by mistake."""

    confirm: Literal[True]


class FileBody(Body):
    """A file that comes with a message."""

    name: Name
    content: Base64Bytes
    """Its bytes in base64."""


Files = Annotated[list[FileBody], Field(max_length=MOST)]


class ContactBody(Body):
    """A message through the contact form (C1.3)."""

    name: Name
    email: Email
    message: Text
    title: Line | None = None
    context: Line | None = None
    language: Language = "fr"
    files: Files = []


class NotedBody(Body):
    """What somebody said on the telephone or wrote by post, as staff note it (C13.4)."""

    channel: Literal["telephone", "post"]
    name: Name
    email: Email | None = None
    message: Text
    title: Line | None = None
    context: Line | None = None
    language: Language = "fr"


class MessageBody(Body):
    """A message within a support exchange."""

    message: Text
    title: Line | None = None
    files: Files = []


class SearchBody(Body):
    """Whose requests are looked for: an e-mail address, or the number of one."""

    search: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]


class AddedBody(Body):
    """What the person added, as staff note it."""

    message: Text
    channel: Literal["telephone", "post"]


class ReplyBody(Body):
    """An answer; with a channel, one that staff have given in person already."""

    message: Text
    channel: Literal["telephone", "post"] | None = None


class AssignmentBody(Body):
    """Who takes care: the caller, or nobody."""

    mine: bool


class QueueBody(Body):
    """The queue that a request is handed to."""

    queue: SupportQueue


class MergeBody(Body):
    """The account of the same person that stays."""

    surviving_id: Identifier


class StaffBody(Body):
    """Giving somebody a role (C4.1)."""

    name: Name
    email: Email
    role: StaffRole
    password: Password
    expires_on: Annotated[date, Field(ge=EARLIEST_BIRTH, lt=LATEST_BIRTH)] | None = None
    """Last day of the role."""
    language: Language = "fr"
    """Of the letters that the account gets."""


class TrainingBody(Body):
    """A yearly training that was done (C7.7)."""

    programme: Programme
    done_on: Annotated[date, Field(ge=EARLIEST_BIRTH, lt=LATEST_BIRTH)]
