"""Why is a letter due on that day? Explains due dates to clerks and auditors, day by day.

Reads cases, asks the same calendar, rules and kernel as the router, and touches no database.
"""
