"""Benchmarks against the best possible use of the same parts, and against other frameworks.

`python -m tests.bench` starts its own servers and prints a table. It asserts nothing about time,
and everything about the results.
"""
