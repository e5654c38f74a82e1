"""The outcome of a demonstration: as data, on the terminal, and as a page."""
