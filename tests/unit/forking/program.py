"""Runs the statements that it is given, as a program that a fork server starts."""

import sys

if __name__ == "__main__":
    exec(sys.argv[1])  # noqa: S102 - what the test says
