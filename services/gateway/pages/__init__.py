"""What people see: one module per screen or small group of screens."""
