"""Deterministic simulation of the whole system: its real code on simulated engines and time."""
