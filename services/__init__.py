"""The four services. They know each other by contracts alone."""
