"""Read models of the learning service."""
