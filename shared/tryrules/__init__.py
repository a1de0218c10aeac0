"""What would the rules in force do with these letters? Tells operators before a rule is changed.

Asks the same rules as intake and the router, and touches no database and no topic.
"""
