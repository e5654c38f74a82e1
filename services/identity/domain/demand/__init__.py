"""An official demand: an authority asks for data, and gets exactly what the law gives it (C6.2)."""
