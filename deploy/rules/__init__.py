"""`carionexiq rules`: what the retention rules say about a life."""
