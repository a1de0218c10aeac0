"""Apache Kafka on this machine, as its users run it but for size: KRaft, TLS, SCRAM, rights."""
