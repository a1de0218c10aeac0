"""Check of a writer's receipt, offline."""
