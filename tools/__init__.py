"""Commands for developers of the project; nothing here runs in production."""
