"""The browser tests: the whole system as people meet it."""
