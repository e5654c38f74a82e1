"""Use cases: from a request or a foreign fact to a command, and from the store to a view."""
