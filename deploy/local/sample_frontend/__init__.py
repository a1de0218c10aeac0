"""A sample of a frontend that somebody else could build: plain HTML and JavaScript."""
