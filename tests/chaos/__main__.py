"""`python -m tests.chaos`: see `tests.chaos.command`."""

import sys

from tests.chaos.isolation import isolate


def _main() -> int:
    isolate(sys.argv[1:])
    from tests.chaos.command import main  # noqa: PLC0415 - imported once, within the namespaces

    return main()


if __name__ == "__main__":
    sys.exit(_main())
