"""Pure rules of a message: no I/O, no clock, no framework."""
