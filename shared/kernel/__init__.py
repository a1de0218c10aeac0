"""Pure rules that all services share: refusals, numbers, working days, clocks; stdlib only.

Nothing here reads a clock, a file, the network or a source of randomness; all of it is passed in.
"""
