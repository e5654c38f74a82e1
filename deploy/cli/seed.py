"""Accounts to sign in with after `up`: made through the same HTTP API that everyone uses."""

import email
import email.policy
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx

from deploy.authenticator import Authenticator
from deploy.cli.client import Operator, problem
from deploy.cli.failures import CommandError
from deploy.cli.portal_session import PortalSession
from deploy.cli.secrets import demo_passwords, demo_secrets, keep_demo_secret
from deploy.cli.settings import SystemSettings
from shared.http.auth import STAFF_ROLES, Role

DOMAIN: Final = "carionexiq.test"
CREATED: Final = "demo-accounts-created"
SENT_WITHIN: Final = timedelta(seconds=1)
"""How long a code must serve once it is shown."""
ENROLLED: Final = "+authenticator"
"""Follows a role in the note of what was done, once its second factor counts."""
TAUGHT: Final = "groups"
"""Notes that the demo trainer has groups to teach."""
MAIL_DEADLINE_SECONDS: Final = 60.0
STAFF_DEADLINE_SECONDS: Final = 30.0
"""How long learning may take to hear of the demo trainer."""
_TOKEN: Final = re.compile(r"[?&#/]token=([A-Za-z0-9._~-]+)")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of an invented person."""

    role: Role
    email: str
    password: str
    secret: str | None = None
    """Of the authenticator app: staff sign in with a code as well."""


def demo_accounts(settings: SystemSettings, stopping: Callable[[], bool]) -> list[DemoAccount]:
    """Return the demo accounts, creating those that are missing. Doing it twice changes nothing.

    Raises:
        CommandError: a service refuses, or the confirmation message does not arrive, or the system
            is `stopping` before it does.
    """
    roles = [Role.LEARNER, *sorted(STAFF_ROLES)]
    passwords = demo_passwords(settings.secrets_dir, roles)
    accounts = [DemoAccount(role, f"{role}@{DOMAIN}", passwords[role]) for role in roles]
    created = settings.secrets_dir / CREATED
    done = set(created.read_text().split()) if created.exists() else set()
    with Operator(settings) as operator:
        for account in accounts:
            if account.role in done:
                continue
            if account.role is Role.LEARNER:
                _register(operator, settings, account, stopping)
            else:
                _employ(operator, account)
            done.add(account.role)
            created.write_text("\n".join(sorted(done)))
        for account in accounts:
            if account.role is not Role.LEARNER and f"{account.role}{ENROLLED}" not in done:
                _enrol(settings, account)
                done.add(f"{account.role}{ENROLLED}")
                created.write_text("\n".join(sorted(done)))
        if TAUGHT not in done:
            _teach(operator, stopping)
            done.add(TAUGHT)
            created.write_text("\n".join(sorted(done)))
    secrets = demo_secrets(settings.secrets_dir)
    return [replace(account, secret=secrets.get(account.role)) for account in accounts]


def _enrol(settings: SystemSettings, account: DemoAccount) -> None:
    """Give the account the authenticator app without which staff can do nothing (C7.3)."""
    with PortalSession(settings) as session:
        signed_in = session.sign_in(account.email, account.password)
        if signed_in.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED}:
            # The role is over or the password another one, or a start that was interrupted
            # before it noted so has enrolled it.
            return
        path = "/identity/me/authenticators/totp"
        proposed = _accepted(session.post(path), account)
        secret = proposed.json()["secret"]
        keep_demo_secret(settings.secrets_dir, account.role, secret)
        app = Authenticator(secret, on_its_way=SENT_WITHIN)
        code = app.code(settings.clock().now())
        _accepted(session.post(f"{path}/confirmation", {"code": code}), account)


def _accepted(answer: httpx.Response, account: DemoAccount) -> httpx.Response:
    if not answer.is_success:
        raise CommandError(f"identity refuses the demo {account.role}: {problem(answer)}")
    return answer


def _employ(operator: Operator, account: DemoAccount) -> None:
    answer = operator.call(
        "POST",
        "identity",
        "/staff",
        {
            "name": f"Démo {account.role}",
            "email": account.email,
            "role": account.role,
            "password": account.password,
        },
    )
    # A start that was interrupted between the creation and its note has made it already.
    if not answer.is_success and answer.status_code != HTTPStatus.CONFLICT:
        raise CommandError(f"identity refuses the demo {account.role}: {problem(answer)}")


def _teach(operator: Operator, stopping: Callable[[], bool]) -> None:
    """Let the demo trainers teach every module, so that they have learners to see."""
    modules = operator.ask("GET", "learning", "/modules")["items"]
    trainers: list[dict[str, str]] = []
    deadline = time.monotonic() + STAFF_DEADLINE_SECONDS
    while not trainers and time.monotonic() < deadline and not stopping():
        trainers = operator.ask("GET", "learning", "/teaching")["items"]
        if not trainers:
            time.sleep(0.2)
    for trainer in trainers:
        for module in modules:
            body = {"staff_id": trainer["staff_id"], "module_id": module["module_id"]}
            operator.ask("POST", "learning", "/teaching", body)


def _register(
    operator: Operator,
    settings: SystemSettings,
    account: DemoAccount,
    stopping: Callable[[], bool],
) -> None:
    if not settings.embeds_mailbox and settings.mailbox_dir is None:
        raise CommandError("the demo learner needs the embedded mailbox to be confirmed")
    credentials = {"email": account.email, "password": account.password}
    if operator.call("POST", "identity", "/sessions", credentials).is_success:
        return
    operator.ask(
        "POST",
        "identity",
        "/registrations",
        {
            "first_name": "Camille",
            "last_name": "Exemple",
            "email": account.email,
            "telephone": "+33639980001",
            "birth_date": "1990-05-17",
            "language": "fr",
            "password": account.password,
        },
    )
    token = _awaited_token(settings.maildir, account.email, stopping)
    operator.ask("POST", "identity", "/confirmations", {"token": token})


def _awaited_token(maildir: Path, recipient: str, stopping: Callable[[], bool]) -> str:
    """Return the token of the newest link sent to `recipient`, waiting for the message."""
    deadline = time.monotonic() + MAIL_DEADLINE_SECONDS
    while time.monotonic() < deadline and not stopping():
        tokens = list(_tokens(maildir, recipient))
        if tokens:
            return tokens[-1]
        time.sleep(0.2)
    raise CommandError("the demo learner's confirmation message did not arrive in time")


def _tokens(maildir: Path, recipient: str) -> Iterator[str]:
    for file in sorted((maildir / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        if recipient in str(message["To"]):
            body = message.get_body(("plain", "html"))
            text = "" if body is None else str(body.get_content())
            yield from _TOKEN.findall(text)
