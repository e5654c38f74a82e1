"""The teaching aggregate: which groups of learners a trainer teaches, and so may see (C4.2)."""
