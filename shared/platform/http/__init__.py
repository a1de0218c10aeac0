"""The web application of a service: requests, identity, problems and OpenAPI."""
