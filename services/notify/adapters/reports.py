"""Reading what comes back: bounces (RFC 3464) and complaints (RFC 5965), whatever bytes come."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.policy import compat32, default
from typing import Final, Literal

from flufl.bounce import all_failures

from services.notify.adapters.return_path import ReturnPaths

STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
COMPLAINTS: Final = frozenset({"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"})
FEEDBACK_ID: Final = "cfbl-feedback-id"


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail says about one message of ours."""

    message_id: str
    what: Literal["failed", "delayed", "delivered", "complaint"]
    status: str = "0.0.0"
    """RFC 3463; of a failure without one, 5.0.0."""


def read_report(raw: bytes, returns: ReturnPaths) -> Report | None:
    """Return what `raw` reports; `None` when it is no report on a message of ours.

    Only who has seen a message knows its signed token, so nobody else can speak against an address.
    """
    try:
        return _read(raw, returns)
    except (ArithmeticError, AttributeError, LookupError, MessageError, TypeError, ValueError):
        # The parser meets what it does not expect in headers that nobody well-meaning writes.
        return None


def _read(raw: bytes, returns: ReturnPaths) -> Report | None:
    mail = message_from_bytes(raw, policy=default)
    parts = list(mail.walk())
    feedback = next((p for p in parts if p.get_content_type() == "message/feedback-report"), None)
    if feedback is not None:
        return _complaint(feedback, parts, returns)
    message = _addressed(mail, returns)
    if message is None:
        return None
    delivery = next((p for p in parts if p.get_content_type() == "message/delivery-status"), None)
    if delivery is None:
        return _guessed(raw, message)
    for fields in _recipients(delivery):
        action = str(fields.get("action", "")).strip().lower()
        found = STATUS.search(str(fields.get("status", "")))
        status = found[1] if found else {"failed": "5.0.0", "delayed": "4.0.0"}.get(action, "2.0.0")
        if action == "failed":
            return Report(message, "failed", status)
        if action == "delayed":
            return Report(message, "delayed", status)
        if action in ("delivered", "relayed", "expanded"):
            return Report(message, "delivered", status)
    return None


def _complaint(feedback: Message, parts: list[EmailMessage], returns: ReturnPaths) -> Report | None:
    """Return the complaint, when the report still says which message it is about."""
    fields = next(_fields_of(feedback), None)
    if fields is None or str(fields.get("feedback-type", "")).strip().lower() not in COMPLAINTS:
        return None
    told = [str(fields.get("original-mail-from", ""))]
    tokens = []
    for part in parts:
        told += [str(part.get(name, "")) for name in ("return-path", "to", "delivered-to")]
        tokens += [str(value) for value in part.get_all(FEEDBACK_ID, ())]
        if part.get_content_type() == "text/rfc822-headers":
            told.append(str(part.get_payload()))
            tokens += re.findall(rf"(?im)^{FEEDBACK_ID}:\s*(\S+)", str(part.get_payload()))
    messages = returns.messages_in(" ".join(told))
    messages += [one for token in tokens if (one := returns.read(token.strip())) is not None]
    return Report(messages[0], "complaint") if messages else None


def _addressed(mail: EmailMessage, returns: ReturnPaths) -> str | None:
    """Return the message whose return path the mail was sent to."""
    names = ("to", "delivered-to", "x-original-to", "envelope-to")
    told = " ".join(str(value) for name in names for value in mail.get_all(name, ()))
    return next(iter(returns.messages_in(told)), None)


def _recipients(delivery: Message) -> Iterator[Message]:
    """Yield the groups of fields about recipients; the first group is about the message."""
    yield from (fields for fields in _fields_of(delivery) if "action" in fields)


def _fields_of(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))
    elif isinstance(payload, str):
        yield message_from_bytes(payload.encode("utf-8", "replace"), policy=compat32)


def _guessed(raw: bytes, message: str) -> Report | None:
    """Return what a bounce in a form of its own seems to say."""
    temporary, permanent = all_failures(message_from_bytes(raw, policy=compat32))
    if permanent:
        return Report(message, "failed", "5.1.1")
    return Report(message, "delayed", "4.0.0") if temporary else None
