"""Matters: the disputes, official demands and audits that holds belong to (C6.2)."""
