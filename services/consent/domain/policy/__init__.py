"""Versions of the privacy policy: which is in force, which is announced, what changes (C12)."""
