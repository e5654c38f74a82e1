"""Operating the system: command line, demo, deployment."""
