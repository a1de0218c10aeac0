"""HTTP: requests, identity, problems and OpenAPI of a service's web application."""
