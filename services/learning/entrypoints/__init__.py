"""The learning service's HTTP interface, one router per compartment."""
