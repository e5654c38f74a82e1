"""The recording aggregate: live sessions, kept only at the learner's request (C2.10)."""
