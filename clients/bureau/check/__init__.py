"""Does a bureau's own system do what the contract says? `bureau check` plays the mailbox to it.

Pure inside: a script for each scenario says what the mailbox does, a judge reads what was heard.
"""
