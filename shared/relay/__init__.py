"""The relay of a service: what is committed reaches Kafka, at least once and in order."""
