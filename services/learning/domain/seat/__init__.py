"""The seat aggregate: one learner's place in one live session, and what their calendar was told.

Who takes part follows from enrolments; a seat remembers what was said of it, so that each change is
told exactly once and in order (RFC 5546), and that the learner does not come.
"""
