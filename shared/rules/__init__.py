"""Rules that read a letter's words and its writer's choices.

All such rules live here: intake uses `triage`, the router uses `sorting`, and `python -m
shared.tryrules` uses both. Better rules need changes only here.
"""
