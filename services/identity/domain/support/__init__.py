"""A support request: one exchange with its own term (C2.7)."""
