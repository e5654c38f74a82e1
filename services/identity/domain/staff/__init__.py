"""A member of staff and the role held (C4.1)."""
