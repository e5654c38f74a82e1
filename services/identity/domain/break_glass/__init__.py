"""Break-glass accesses: beyond the compartment, for a reason, for a short time, and reviewed."""
