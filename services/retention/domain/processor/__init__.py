"""The register of processors: who works for the controller, and on what that rests (C6.1, C10)."""
