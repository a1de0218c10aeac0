"""What do the rules make of a letter's words, and of what its writer chose? Pure.

The one place where such rules live: intake asks `triage`, the router asks `sorting`, and
`python -m shared.tryrules` asks both. Better rules go in here, and nobody else changes.
"""
