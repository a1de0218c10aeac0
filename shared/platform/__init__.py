"""All input and output of the services: rooms that import downwards only, `app` at the top."""
