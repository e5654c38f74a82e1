"""HTTP: parse, authorise, call."""
