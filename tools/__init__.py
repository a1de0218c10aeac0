"""Commands for those who change the project; nothing here runs in production."""
