"""Identity: accounts of learners and staff, prospects, support, technical traces."""
