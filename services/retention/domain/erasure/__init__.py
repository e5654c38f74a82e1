"""The erasure case: from the plan to the certificate."""
