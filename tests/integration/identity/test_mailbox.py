"""Mail to our address, from a real IMAP server that is a process of its own (C13.4)."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from imap_tools import MailBoxUnencrypted
from tenacity import Retrying, stop_after_delay, wait_fixed

from services.identity.application import mail_intake
from shared.engines.ports import answers, free_ports
from shared.events.base import SubjectId
from shared.events.erasure import KeyScope
from shared.events.identity import SupportReplied
from shared.events.retention import ErasureOrdered
from shared.http.auth import Role
from shared.imap import MailboxAwayError, MailboxSession
from shared.personal import Category
from tests.integration.identity.conftest import Identity
from tests.integration.identity.test_accounts import EMAIL, confirmed
from tests.waiting import eventually

ASIDE = "Set aside"
SUBJECT = "=?utf-8?q?TR_=3A_Protection_des_donn=C3=A9es?="
SMALL = 5_000
PDF = "%PDF-1.7 invented"


class Post:
    """The mailbox as a mail server fills it."""

    def __init__(self, port: int) -> None:
        self._port = port

    @contextmanager
    def box(self) -> Iterator[MailBoxUnencrypted]:
        """Open the mailbox beside the service."""
        with MailBoxUnencrypted("127.0.0.1", self._port, timeout=10).login("desk", "secret") as box:
            yield box

    def arrives(self, number: int, *, text: str = "Bonjour", **headers: str) -> None:
        """Deliver a mail; header names have underscores for dashes."""
        given = {"From": "Expéditrice Essai <el@exemple.test>", "To": "contact@carionexiq.test"}
        given |= {"Message-ID": f"<{number}@exemple.test>", "Subject": "Question"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        with self.box() as box:
            box.append(f"{head}\r\n{text}\r\n".encode(), "INBOX")

    def count(self, folder: str = "INBOX") -> int:
        """Return how many mails are in a folder."""
        with self.box() as box:
            if not box.folder.exists(folder):
                return 0
            box.folder.set(folder)
            return len(box.uids())


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """An IMAP server with an empty mailbox, which the service is told of."""
    (port,) = free_ports(1)
    command = [str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-tls", "dict"]
    command += ["--demo-user", "desk", "--demo-password", "secret"]
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "TLS": "none"}
    settings |= {"USERNAME": "desk", "PASSWORD": "secret"}
    for name, value in settings.items():
        monkeypatch.setenv(f"CARIONEXIQ_IMAP_{name}", value)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for attempt in Retrying(stop=stop_after_delay(20), wait=wait_fixed(0.05)):
            with attempt:
                assert answers(port)
        yield Post(port)
        server.terminate()


async def take_in(identity: Identity) -> dict[str, int]:
    """Run the schedule and return what the mails came to."""
    admin = identity.token("admin", Role.ADMINISTRATOR)
    answer = await identity.client.post("/ops/schedules/mailbox", headers=admin)
    assert answer.status_code == 200, answer.text
    figures: dict[str, int] = answer.json()
    return {name: count for name, count in figures.items() if count}


@pytest.mark.promise("C13.4", "C1.3")
async def test_a_mail_is_taken_in_once_and_leaves_the_mailbox(
    post: Post, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_intake, "LARGEST", SMALL)
    post.arrives(1, Subject=SUBJECT, text="Que gardez-vous ?")
    post.arrives(1, Subject=SUBJECT, text="Que gardez-vous ?")
    post.arrives(2, Auto_Submitted="auto-replied")
    post.arrives(3, From="contact@carionexiq.com")
    post.arrives(4, From="")
    post.arrives(5, text="a" * SMALL)
    with post.box() as box:
        box.folder.create(ASIDE)
        box.append(b"From: x\r\n\r\n", ASIDE, dt=datetime.now(UTC) - timedelta(days=32))  # noqa: TID251
    assert await take_in(identity) == {
        "taken": 2, "automatic": 2, "unreadable": 1, "too_large": 1, "forgotten": 1
    }  # fmt: skip
    assert (post.count(), post.count(ASIDE)) == (0, 2)
    dpo = identity.token("d", Role.DPO)
    (only,) = await identity.listed("/support-requests?state=all", dpo, 1)
    assert only["title"] == "TR : Protection des données"
    assert [one["text"] for one in only["messages"]] == ["Que gardez-vous ?"]  # type: ignore[attr-defined]
    assert only["person"]["known_as"] == "Expéditrice Essai"  # type: ignore[index]
    await identity.listed("/support-requests?state=all", identity.token("s", Role.SUPPORT), 0)


@pytest.mark.promise("C13.4", "C2.7")
async def test_an_answer_finds_its_thread_for_its_own_person_alone(
    post: Post, identity: Identity
) -> None:
    support = identity.token("s", Role.SUPPORT)
    post.arrives(1)
    await take_in(identity)
    (request,) = await identity.listed("/support-requests", support, 1)
    path = f"/support-requests/{request['id']}"
    await identity.client.post(f"{path}/replies", json={"message": "Voici"}, headers=support)
    await identity.client.post(f"{path}/resolution", headers=support)
    (replied,) = await identity.published("SupportReplied")
    said = replied.data.model_dump()
    assert said["channel"] == "email"
    assert isinstance(replied.data, SupportReplied)
    assert replied.data.answers is not None
    assert await identity.text(replied.data.answers) == "<1@exemple.test>"
    token = said["thread"]
    post.arrives(2, To=f"contact+{token}@carionexiq.test", text="Par l'adresse")
    post.arrives(3, References=f"<x@y.test> <thread.{token}@carionexiq.test>", text="Par renvoi")
    post.arrives(4, In_Reply_To="<1@exemple.test>", text="Par le premier")
    post.arrives(5, From="autre@exemple.test", To=f"contact+{token}@carionexiq.test", text="Autre")
    assert await take_in(identity) == {"taken": 4}
    rows = await identity.listed("/support-requests?state=all", support, 2)
    texts = {
        str(row["subject_id"]): [one["text"] for one in row["messages"]]  # type: ignore[attr-defined]
        for row in rows
    }
    assert texts[str(request["subject_id"])] == [
        "Bonjour", "Voici", "Par l'adresse", "Par renvoi", "Par le premier"
    ]  # fmt: skip
    assert sorted(map(len, texts.values())) == [1, 5]
    assert {row["resolved"] for row in rows} == {False}, "what was resolved is open again"


@pytest.mark.promise("C13.4", "C2.7", "C8.4")
async def test_files_are_taken_by_their_content_kept_sealed_and_go_with_the_request(
    post: Post, identity: Identity
) -> None:
    parts = (("plan.pdf", PDF), ("plan2.pdf", "MZ program"))
    text = "--b\r\n\r\nVoici\r\n" + "".join(
        f'--b\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n{content}\r\n'
        for name, content in parts
    )
    post.arrives(1, text=text + "--b--", Content_Type="multipart/mixed; boundary=b")
    await take_in(identity)
    support, client = identity.token("s", Role.SUPPORT), identity.client
    (request,) = await identity.listed("/support-requests", support, 1)
    message: dict[str, Any] = request["messages"][0]  # type: ignore[index]
    assert "plan2.pdf" in message["text"]
    (file,) = message["files"]
    assert (file["name"], file["media_type"]) == ("plan.pdf", "application/pdf")
    path = f"/support-requests/{request['id']}/files/{file['id']}"
    got = await client.get(path, headers=support)
    assert got.content.strip() == PDF.encode()
    assert got.headers["content-disposition"] == 'attachment; filename="file.pdf"'
    for headers in (identity.token("d", Role.DPO), identity.token("x", Role.LEARNER)):
        own = "/me" if headers == identity.token("x", Role.LEARNER) else ""
        assert (await client.get(own + path, headers=headers)).status_code in (403, 404)
    rows = identity.mongo.database("identity").collection("support_files")
    (row,) = await rows.find({}).to_list(None)
    assert PDF.encode() not in bytes(row["content"])
    person, number = SubjectId(str(request["subject_id"])), str(request["id"])
    order = ErasureOrdered(
        case_id="c1", subject_id=person, mode="deleted", reason="term", rule_ids=("support",),
        scopes=(KeyScope(category=Category.SUPPORT, object=number),), closes_account=False,
    )  # fmt: skip
    await identity.deliver(order, person, "ordered-1")

    async def gone() -> bool:
        return await rows.count_documents({}) == 0

    await eventually(gone)
    assert (await client.get(path, headers=support)).status_code == 404


@pytest.mark.promise("C13.4")
async def test_a_death_between_recording_and_deleting_records_nothing_twice(
    post: Post, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = await confirmed(identity)
    post.arrives(1, From=EMAIL)

    async def dies(_session: MailboxSession, _uid: str) -> None:
        raise MailboxAwayError("died")

    with monkeypatch.context() as patch:
        patch.setattr(MailboxSession, "delete", dies)
        assert await take_in(identity) == {"away": 1}
    assert post.count() == 1
    assert await take_in(identity) == {"taken": 1}
    assert post.count() == 0
    own = identity.token(learner, Role.LEARNER)
    (request,) = await identity.listed("/me/support-requests", own, 1)
    assert [one["text"] for one in request["messages"]] == ["Bonjour"]  # type: ignore[attr-defined]
    streams = identity.mongo.database("identity").collection("commits")
    assert await streams.count_documents({"stream": {"$regex": "^(prospect|support)-"}}) == 1
