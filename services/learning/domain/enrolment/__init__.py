"""The enrolment aggregate: the contract, the answers, the certification."""
