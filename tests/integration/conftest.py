"""Fixtures of the tests on real engines: see tests/engines.py."""
