"""What do others' frameworks make of the same work? Services written as their users would, fairly.

Each has the same database, broker and envelopes as ours, and gives the same promise: at least once.
"""
