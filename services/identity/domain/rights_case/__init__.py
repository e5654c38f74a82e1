"""A rights case: one exercise of a right, or one complaint, with its legal term (C8, C13.1)."""
