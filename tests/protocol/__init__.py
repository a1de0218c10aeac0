"""An explicit-state model of exactly-once effects, and the explorer that looks for its faults.

docs/protocol.md says what is modelled. Change this first when the protocol changes, and run `python
-m tests.protocol`.
"""
