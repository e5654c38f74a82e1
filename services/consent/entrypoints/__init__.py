"""How the consent service is asked: HTTP."""
