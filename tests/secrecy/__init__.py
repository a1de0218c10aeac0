"""Searches everything that a stack writes, shows or keeps for the words and identities of people.

Real processes run a story whose people and words are invented and unique; then all their output is
searched for these in every form. [docs/secrecy.md] lists where they may be. `python -m
tests.secrecy` searches another system for your own seeds.
"""
