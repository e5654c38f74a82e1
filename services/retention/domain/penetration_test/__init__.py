"""The register of penetration tests: every six months, by an independent firm (C7.6)."""
