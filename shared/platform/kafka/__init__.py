"""The Kafka client: bus, producer and their options."""
