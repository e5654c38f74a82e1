"""Rules of consent: pure functions over commands, events and state."""
