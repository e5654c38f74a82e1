"""Subscribers that know of the system what its documents say, and nothing else."""
