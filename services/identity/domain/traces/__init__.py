"""Technical traces of sign-ins, under the key of their calendar month (C1.5)."""
