"""Backups: copies of the stores, of the key store and of the ledger, on several sites."""
