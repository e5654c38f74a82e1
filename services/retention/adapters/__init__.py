"""What touches the machine: the erasure ledger, the certificate key."""
