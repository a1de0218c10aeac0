"""Sealing of words in flight: one envelope codec for the services and the bureaus' client.

It depends only on `shared/contracts`, cryptography and joserfc. Key files and `mailbox.keys` are
read elsewhere.
"""
