"""A simulated year of the mailbox over test doubles: people, faults, and an independent count."""
