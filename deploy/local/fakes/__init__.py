"""Stand-ins for outside services in development: identity provider and message gateway."""
