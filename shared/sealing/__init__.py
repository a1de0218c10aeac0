"""Envelopes for words in flight: one codec for the services and the bureaus' client.

It needs `shared/contracts` and joserfc alone. Key files and `mailbox.keys` are read elsewhere.
"""
