"""Reading other services' facts: envelopes, projections, reactions, dead letters."""
