"""Pure rules of consents and objections: no I/O, no clock, no framework."""
