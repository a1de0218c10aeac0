"""Intake's own loops. None: everything it does is caused by a request or by a record."""
