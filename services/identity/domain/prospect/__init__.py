"""A prospect: somebody who wrote and has no account (C1.3, C2.9)."""
