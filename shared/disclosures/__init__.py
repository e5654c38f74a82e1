"""What an official demand may be given: each service filters what it holds, at its source."""
