"""Rules of identity: pure functions over commands, events and state."""
