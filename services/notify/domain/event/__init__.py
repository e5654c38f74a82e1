"""Events of the platform that people who consent are invited to (C9.2): composed once by staff."""
