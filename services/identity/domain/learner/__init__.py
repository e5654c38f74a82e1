"""A learner's account: who the person is and whether the account may be used."""
