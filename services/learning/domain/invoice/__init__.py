"""The invoice aggregate: accounting documents in a compartment of their own (C4.2)."""
