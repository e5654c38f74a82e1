"""HTTP for every service: who asks, what went wrong, and whether the service is well."""
