"""Speed, measured side by side with the bare library or a peer in the same run."""
