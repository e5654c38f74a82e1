"""Seeded lives: the same seed always gives the same people doing the same things."""
