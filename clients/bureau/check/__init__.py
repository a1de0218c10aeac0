"""`bureau check`: plays the mailbox to a bureau's own system and tests it against the contract.

The scenarios and the judging are pure: a script says what the mailbox sends, a judge reads what
came back.
"""
