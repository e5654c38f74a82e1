"""The chaos suite: faults on the real engines under load, and a checker of what is left."""
