"""The explanation of rules."""
