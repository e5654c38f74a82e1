"""Where the learning service touches files and collections."""
