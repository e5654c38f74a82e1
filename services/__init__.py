"""The five services and the gateway."""
