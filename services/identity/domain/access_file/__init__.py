"""An access file: asked for, made of parts that services owe, fetched once (C8.1)."""
