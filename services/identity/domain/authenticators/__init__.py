"""What an account is opened with beside its password: TOTP, passkeys, recovery codes (C7.3)."""
