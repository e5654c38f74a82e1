"""Consent: what the person decides about purposes."""
