"""How consent is reached: HTTP."""
