"""The services as the documents need them: wired, but connected to nothing."""

import ast
import asyncio
import importlib
import inspect
import os
import re
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from fastapi import FastAPI

from deploy.cli.secrets import link_secret, prepare_secrets
from shared.consuming.projections import Projection
from shared.consuming.reactions import Reaction
from shared.events.base import DomainEvent
from shared.service import describe_app
from shared.settings import Settings
from shared.topics import SERVICES

PROMISE: Final = re.compile(r"\bC\d{1,2}\.\d{1,2}\b")


@dataclass(frozen=True, slots=True)
class DescribedService:
    """One service: what it serves, stores and listens to."""

    name: str
    app: FastAPI
    domain_events: tuple[type[DomainEvent], ...]
    projections: tuple[Projection, ...]
    reactions: tuple[Reaction, ...]
    settings: type[Settings]


def described_services() -> list[DescribedService]:
    """Wire the five services in this process, with throw-away secrets, and describe them.

    It configures logging for a service and leaves clients that were never connected, so it belongs
    in a process of its own.
    """
    with TemporaryDirectory() as folder, _environment(Path(folder)):
        # The import is by name, since nothing in deploy may depend on a service's code.
        apps = {name: importlib.import_module(f"services.{name}.main").app for name in SERVICES}
        return asyncio.run(_described(apps))


def summary(documented: object) -> str:
    """Return the first paragraph of a docstring on one line; empty where there is none."""
    return " ".join((inspect.getdoc(documented) or "").split("\n\n")[0].split())


def promises(text: str) -> list[str]:
    """Return the promise numbers that `text` names, in order, each once."""
    return list(dict.fromkeys(PROMISE.findall(text)))


def attribute_docs(documented: type[Any]) -> dict[str, str]:
    """Return the docstrings that stand under the attributes of a class and its bases, by name."""
    docs: dict[str, str] = {}
    for base in reversed(documented.__mro__):
        if not base.__module__.startswith(("shared.", "services.", "deploy.")):
            continue
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        body = definition.body if isinstance(definition, ast.ClassDef) else []
        for statement, following in pairwise(body):
            match statement, following:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    docs[name] = " ".join(text.split())
                case _:
                    continue
    return docs


async def _described(apps: Mapping[str, FastAPI]) -> list[DescribedService]:
    described = []
    for name, app in apps.items():
        runtime = await describe_app(app)
        described.append(
            DescribedService(
                name=name,
                app=app,
                domain_events=app.state.assembly.domain_events,
                projections=tuple(runtime.service.projections),
                reactions=tuple(runtime.reactions),
                settings=type(app.state.assembly.settings),
            )
        )
    return described


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    secrets = folder / "secrets"
    prepare_secrets(secrets)
    os.environ["CARIONEXIQ_DATA_DIR"] = str(folder)
    os.environ["CARIONEXIQ_LOG_LEVEL"] = "ERROR"  # five services in one process warn of telemetry
    os.environ["CARIONEXIQ_LINK_SECRET"] = link_secret(secrets)
    yield
