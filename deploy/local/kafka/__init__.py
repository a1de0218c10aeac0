"""Apache Kafka on this machine, set up as in production but for size: KRaft, TLS, SCRAM, ACLs."""
