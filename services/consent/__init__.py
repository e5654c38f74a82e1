"""The consent service: what people agreed to, withdrew and object to."""
