"""Pure rules of the learning service: no I/O, no clock, no framework."""
