"""Retention: the rules of the policy as data, the clocks they set, and what runs out."""
