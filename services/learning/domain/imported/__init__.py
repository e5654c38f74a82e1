"""Learning records that a learner brought from another platform (C8.5)."""
