"""A life: the dated facts of one person that terms depend on, free of personal data."""
