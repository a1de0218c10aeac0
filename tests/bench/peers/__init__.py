"""The same work in other frameworks: services as their users would write them.

Each has the same database, broker and envelopes as ours, and the same guarantee: at least once.
"""
