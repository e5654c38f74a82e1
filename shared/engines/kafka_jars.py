"""Fetches Apache Kafka from Maven Central into a cache folder of the user.

`python -m shared.engines.kafka_jars FOLDER` runs it as a process of its own: an interrupted
download ends with that process, and the folder appears only once it is complete.
"""

import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

KAFKA_VERSION: Final = "4.4.0"
SCALA_VERSION: Final = "2.13"
# slf4j-simple is what makes the broker say on standard error why it does not come up.
ENDPOINT: Final = (
    f"org.apache.kafka:kafka_{SCALA_VERSION}:{KAFKA_VERSION}+org.slf4j:slf4j-simple:1.7.36"
)


def cache_folder() -> Path:
    """Return where engines are kept between starts, for all checkouts of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "carionexiq"


def kafka_folder() -> Path:
    """Return the folder of this Kafka version; it exists only when complete."""
    return cache_folder() / f"kafka-{KAFKA_VERSION}"


def kafka_jars() -> list[Path]:
    """Return the class path of the fetched Kafka, empty when it has not been fetched."""
    return sorted(kafka_folder().glob("*.jar"))


def fetch(folder: Path) -> None:
    """Download Kafka with everything it needs and put it in `folder` in one step.

    Raises:
        OSError: the disk is full or the folder cannot be written.
        Exception: Maven Central cannot be reached, or an artefact fails its checksum.
    """
    from jgo.env import EnvironmentBuilder, LinkStrategy  # noqa: PLC0415 - optional engine
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return
        draft = folder.with_suffix(".partial")
        shutil.rmtree(draft, ignore_errors=True)
        # A Maven folder of its own: jgo would take a half-downloaded file there for a whole one.
        maven = MavenContext(
            resolver=PythonResolver(progress_callback=_announce), repo_cache=draft / "maven"
        )
        environment = EnvironmentBuilder(
            context=maven, cache_dir=draft / "jgo", link_strategy=LinkStrategy.HARD
        ).from_endpoint(ENDPOINT)
        complete = draft / "complete"
        complete.mkdir()
        for jar in environment.all_jars:
            os.link(jar, complete / jar.name)
        complete.rename(folder)
        shutil.rmtree(draft)


@contextmanager
def _announce(filename: str, size: int) -> Iterator[Callable[[int], None]]:
    if filename.endswith(".jar"):
        sys.stdout.write(f"fetching {filename} ({max(size, 1024) // 1024} kB)\n")
        sys.stdout.flush()
    yield lambda _: None


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
