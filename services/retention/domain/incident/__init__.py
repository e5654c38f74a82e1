"""Incidents: personal data breaches from their discovery to what was learnt (C7.8)."""
