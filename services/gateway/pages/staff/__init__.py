"""The consoles: each role sees its compartment and nothing else (C4)."""
