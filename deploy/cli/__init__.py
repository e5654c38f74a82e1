"""The `carionexiq` command."""
