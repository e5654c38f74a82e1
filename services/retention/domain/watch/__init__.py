"""What was told and done about one person's terms, so that each is told and done once."""
