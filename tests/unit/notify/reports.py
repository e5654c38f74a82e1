"""What mail servers and mailbox providers send back; every address in it is invented."""

from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Final

CRLF: Final = "\r\n"


def bounce(to: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """Return a delivery status notification (RFC 3464) as Postfix writes it."""
    report = _report("delivery-status")
    report["From"] = "MAILER-DAEMON@mail.exemple.test"
    report["To"] = to
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report.attach(MIMEText("I'm sorry to have to inform you that your message could not be…"))
    fields = MIMEBase("message", "delivery-status")
    fields.set_payload(
        [
            _fields({"Reporting-MTA": "dns; mail.exemple.test"}),
            _fields(
                {
                    "Final-Recipient": "rfc822; quelquun@exemple.test",
                    "Action": action,
                    "Status": status,
                    "Diagnostic-Code": "smtp; 550 5.1.1 User unknown",
                }
            ),
        ]
    )
    report.attach(fields)
    report.attach(_headers({"From": "contact@carionexiq.test", "Subject": "Bonjour"}))
    return report.as_bytes()


def complaint(
    *, sender: str = "", feedback_id: str = "", kind: str = "abuse", to: str = "fbl@exemple.test"
) -> bytes:
    """Return a complaint in the abuse reporting format (RFC 5965)."""
    report = _report("feedback-report")
    report["From"] = "feedback@provider.test"
    report["To"] = to
    report.attach(MIMEText("This is an email abuse report."))
    fields = MIMEBase("message", "feedback-report")
    told = {"Feedback-Type": kind, "User-Agent": "Provider/1.0", "Version": "1"}
    if sender:
        told["Original-Mail-From"] = f"<{sender}>"
    fields.set_payload(CRLF.join(f"{name}: {value}" for name, value in told.items()) + CRLF)
    report.attach(fields)
    headers = {"From": "contact@carionexiq.test", "Subject": "Lettre"}
    report.attach(_headers(headers | ({"CFBL-Feedback-ID": feedback_id} if feedback_id else {})))
    return report.as_bytes()


def own_form(to: str) -> bytes:
    """Return a bounce in a form that no standard describes (qmail's)."""
    mail = EmailMessage()
    mail["From"] = "MAILER-DAEMON@exemple.test"
    mail["To"] = to
    mail["Subject"] = "failure notice"
    mail.set_content(
        "Hi. This is the qmail-send program at exemple.test.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<quelquun@exemple.test>:\nSorry, no mailbox here by that name. (#5.1.1)\n"
    )
    return mail.as_bytes()


def _report(kind: str) -> MIMEMultipart:
    report = MIMEMultipart("report")
    report.set_param("report-type", kind)
    return report


def _fields(values: dict[str, str]) -> EmailMessage:
    fields = EmailMessage()
    for name, value in values.items():
        fields[name] = value
    return fields


def _headers(values: dict[str, str]) -> MIMEBase:
    part = MIMEBase("text", "rfc822-headers")
    part.set_payload("".join(f"{name}: {value}\n" for name, value in values.items()))
    return part
