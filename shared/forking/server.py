"""Forks programs from a process that has imported what they share.

`python -m shared.forking.server MODULE...`, with one end of a socket pair as standard input.
It answers two requests until the other end is closed:

- `start`, with four file descriptors: standard input, output and error of the program, and a file
  that says what to run. Answered with the number of the process and a descriptor of it.
- `end PID`: the exit code of a process that has ended, negative for a signal.

What to run, and with which environment, is read by the fork alone. This process never sees a
setting or a key, so that no program can find in inherited memory what another one was given.
"""

import gc
import importlib
import json
import os
import runpy
import socket
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL

from setproctitle import setproctitle

DESCRIPTORS = 4
REQUEST_BYTES = 64
STANDARD = (0, 1, 2)


def main(modules: Iterable[str]) -> None:
    """Import `modules`, then fork at each request; run the program in the fork."""
    # Where titles go is found from the variables as they were at the start: before any changes.
    setproctitle("carionexiq: fork server")
    gc.disable()
    for module in modules:
        preload(module)
    if found := left_by_imports():
        sys.stderr.write(f"not fit to be forked: imports have left {found}\n")
        os._exit(1)  # threads would keep the interpreter from ending
    # A collection in a fork would write to, and so copy, every page that holds an object.
    gc.freeze()
    descriptors = serve(socket.socket(fileno=os.dup(0)))
    if descriptors is not None:
        gc.enable()
        become(descriptors)


def preload(module: str) -> None:
    """Import `module`; one that cannot be imported is left for its own program to tell of."""
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are served
        sys.stderr.write(f"{module} cannot be imported: {type(error).__name__}\n")


def left_by_imports() -> Sequence[str]:
    """Return what keeps this process from being forked.

    A fork would not have the threads, and would share open files, sockets and event loops.
    """
    threads = threading.enumerate() if len(list(Path("/proc/self/task").iterdir())) > 1 else []
    opened = {}
    for descriptor in Path("/proc/self/fd").iterdir():
        # The folder that is being read has a descriptor too, which is closed by now.
        with suppress(FileNotFoundError):
            opened[int(descriptor.name)] = str(descriptor.readlink())
    left = [what for number, what in sorted(opened.items()) if number not in STANDARD]
    return [*map(str, threads), *left]


def serve(control: socket.socket) -> list[int] | None:
    """Answer requests; return the descriptors of a program in its fork, `None` at the end."""
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, REQUEST_BYTES, DESCRIPTORS)
        if not request:
            return None
        word, _, number = request.decode().partition(" ")
        if word == "end":
            _, status = os.waitpid(int(number), 0)
            control.send(str(os.waitstatus_to_exitcode(status)).encode())
            continue
        pid = os.fork()
        # On both sides: whoever is first, the group is there when either goes on.
        os.setpgid(pid, pid)
        if pid == 0:
            control.close()
            return descriptors
        answer(control, pid)
        for descriptor in descriptors:
            os.close(descriptor)


def answer(control: socket.socket, pid: int) -> None:
    """Tell of the process `pid`; when nobody is there any more to mind it, it ends."""
    descriptor = os.pidfd_open(pid)
    try:
        socket.send_fds(control, [str(pid).encode()], [descriptor])
    except BrokenPipeError:
        os.killpg(pid, SIGKILL)
    finally:
        os.close(descriptor)


def become(descriptors: list[int]) -> None:
    """Run the program that the last of `descriptors` describes, as `python -m` would."""
    *standard, description = descriptors
    for number, descriptor in zip(STANDARD, standard, strict=True):
        os.dup2(descriptor, number)
        os.close(descriptor)
    with os.fdopen(description, "rb") as file:
        program = json.load(file)
    os.environ.clear()
    os.environ.update(program["environment"])
    time.tzset()
    setproctitle(" ".join([sys.executable, "-m", *program["program"]]))
    module, *arguments = program["program"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
