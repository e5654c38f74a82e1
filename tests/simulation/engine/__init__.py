"""The simulator: an event loop with virtual time, engines that fail by a seed, nodes that die."""
