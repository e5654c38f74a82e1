"""Who processes personal data for the controller, and what may flow to them (C6.1, C10)."""
