"""The library that the services share."""
