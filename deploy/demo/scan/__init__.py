"""The search of everything stored for what should be unreadable."""
