"""Hashes are computed off the event loop, few at once, in an order, by threads that give way."""

import asyncio
import os
import sys
import threading
from functools import partial
from typing import Any

import pytest

from services.identity.adapters.hashing import NICENESS, Hashing
from services.identity.adapters.passwords import Passwords
from services.identity.application.admission import Admission, SignInsBusyError
from services.identity.application.sign_in import SignIn
from services.identity.application.sign_in_record import Origin
from services.identity.settings import IdentitySettings
from shared.personal import Personal

PASSWORD = "un mot de passe de test"
LONG = 30
"""Seconds after which something that waits has waited in vain."""


class Held:
    """Work that begins, and ends when it is let go on."""

    def __init__(self) -> None:
        self._begun, self._go_on = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self._begun.set()
        assert self._go_on.wait(LONG)
        return threading.current_thread().name

    async def begun(self) -> None:
        assert await asyncio.to_thread(self._begun.wait, LONG)

    def go_on(self) -> None:
        self._go_on.set()


def passwords() -> Passwords:
    settings: dict[str, Any] = {
        "link_secret": "a secret for the tests alone",
        "argon2_time_cost": 1,
        "argon2_memory_kib": 64,
        "argon2_parallelism": 1,
    }
    return Passwords(IdentitySettings(**settings))


@pytest.mark.promise("C7.2")
async def test_the_event_loop_turns_while_a_password_is_hashed_and_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasher = passwords()
    known = await hasher.hash(PASSWORD)
    for act in (partial(hasher.hash, PASSWORD), partial(hasher.verify, PASSWORD, known)):
        held = Held()
        monkeypatch.setattr(hasher, "_verify", lambda *_, held=held: held())
        monkeypatch.setattr(hasher, "_hasher", _Hasher(held, hasher._hasher))
        hashing = asyncio.create_task(act())
        await held.begun()
        for _ in range(100):
            await asyncio.sleep(0)  # were the hash on the loop, nothing would come to this
        assert not hashing.done()
        held.go_on()
        await hashing
        monkeypatch.undo()


class _Hasher:
    """argon2's, which takes until it is let go on."""

    def __init__(self, held: Held, real: Any) -> None:
        self._held, self._real = held, real

    def hash(self, password: str) -> str:
        self._held()
        hashed: str = self._real.hash(password)
        return hashed

    def check_needs_rehash(self, _: str) -> bool:
        return False


@pytest.mark.promise("C7.2")
async def test_argon2_itself_runs_in_the_threads_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = passwords()
    threads = []
    for name in ("hash_secret", "verify_secret"):
        real = getattr(sys.modules["argon2._password_hasher"], name)

        def watched(*args: Any, real: Any = real, **kwargs: Any) -> Any:
            threads.append(threading.current_thread().name)
            return real(*args, **kwargs)

        monkeypatch.setattr(f"argon2._password_hasher.{name}", watched)
    assert (await hasher.verify(PASSWORD, await hasher.choose(PASSWORD, ()))).right
    assert len(threads) == 2
    assert all(name.startswith("hashing") for name in threads)


async def test_no_more_run_at_once_than_may_and_who_is_first_goes_before_who_came_before() -> None:
    hashing, held = Hashing(1), Held()
    order: list[str] = []
    running = asyncio.create_task(hashing.run(held))
    await held.begun()
    waiting = [
        asyncio.create_task(hashing.run(partial(order.append, name), first=first))
        for name, first in (("stranger", False), ("another", False), ("known", True))
    ]
    gone = asyncio.create_task(hashing.run(partial(order.append, "gone"), first=True))
    await asyncio.sleep(0)
    gone.cancel()
    assert order == []
    held.go_on()
    await asyncio.gather(running, *waiting)
    assert order == ["known", "stranger", "another"]
    assert await hashing.run(lambda: "free again") == "free again"


async def test_a_place_rests_while_only_strangers_wait_and_not_for_who_is_first() -> None:
    hashing, held, second = Hashing(1, rests=1_000), Held(), Held()
    order: list[str] = []
    running = asyncio.create_task(hashing.run(held))
    await held.begun()
    stranger = asyncio.create_task(hashing.run(second))
    await asyncio.sleep(0)
    held.go_on()
    await running
    assert hashing.resting == 1
    await hashing.run(partial(order.append, "known"), first=True)
    assert (order, hashing.resting) == (["known"], 0)
    await second.begun()
    second.go_on()
    await stranger
    assert hashing.resting == 0, "nobody waits"


async def test_the_threads_give_way_to_the_event_loop() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert await Hashing(1).run(niceness) == NICENESS
    assert niceness() == 0


def test_there_is_room_for_so_many_and_again_once_one_has_left() -> None:
    admission = Admission(1)
    with admission.admitted(), pytest.raises(SignInsBusyError), admission.admitted():
        pass
    with admission.admitted():
        pass


async def test_whoever_is_not_admitted_costs_no_look_at_a_store() -> None:
    class Untouched:
        def __getattr__(self, name: str) -> Any:
            pytest.fail(f"{name} was asked")

    nothing: Any = Untouched()
    admission = Admission(1)
    collaborators = [nothing] * 7
    sign_in = SignIn(*collaborators, admission=admission, failures=nothing)
    origin = Origin(Personal("192.0.2.7"), Personal("Navigateur/1.0"), None)
    with admission.admitted(), pytest.raises(SignInsBusyError):
        await sign_in.sign_in("canari@exemple.test", PASSWORD, origin)
