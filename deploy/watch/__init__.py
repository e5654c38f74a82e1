"""How often the watching rules are wrong about people who do nothing wrong."""
