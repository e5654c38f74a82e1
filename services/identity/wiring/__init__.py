"""How identity's capabilities are put together, one module each."""
