"""The read models of the notify service."""
