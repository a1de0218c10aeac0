"""Trying the rules in force on sample letters, before a rule is changed.

Uses the same rules as intake and the router, and touches no database and no topic.
"""
