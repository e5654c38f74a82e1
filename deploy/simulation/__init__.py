"""What a rule set would do before it is adopted: years in memory, over the product's own rules."""
