"""How the notify service is asked: HTTP."""
