"""Real processes that die at exactly chosen steps, and what holds all the same."""
