"""An explicit-state model of how effects happen once, and the explorer that looks for its faults.

docs/protocol.md tells what is modelled. Whoever changes the protocol changes this first and runs
`python -m tests.protocol`.
"""
