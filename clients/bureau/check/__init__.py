"""`bureau check`: plays the mailbox to a bureau's own system and tests it against the contract.

Pure inside: a script for each scenario says what the mailbox does, a judge reads what was heard.
"""
