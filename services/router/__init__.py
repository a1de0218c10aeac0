"""The router: who holds each letter, its state, and when it must be answered."""
