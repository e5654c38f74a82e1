"""Public event contracts: what services promise to one another and to subscribers."""
