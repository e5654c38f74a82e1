"""The retention rules: the policy's tables as validated, versioned data."""
