"""Explanation of due dates for clerks and auditors, day by day.

Reads cases, uses the same calendar, rules and kernel as the router, and touches no database.
"""
