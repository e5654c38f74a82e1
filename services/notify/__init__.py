"""The notify service: facts in, e-mails out, each with a basis checked when it leaves."""
