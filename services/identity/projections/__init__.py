"""Read models of identity."""
