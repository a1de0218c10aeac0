"""The Kafka client: bus, producer and its options."""
