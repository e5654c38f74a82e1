"""Read models of retention."""
