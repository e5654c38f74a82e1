"""Where the consent service touches files and signatures."""
