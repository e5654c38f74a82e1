"""Clocks: what the rules say about one life."""
