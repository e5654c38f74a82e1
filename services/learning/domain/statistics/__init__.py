"""The statistics aggregate: figures that point to nobody (C2.6, C9.3)."""
