"""How fast is it, beside what the same parts do at best, and beside what others make of them?

`python -m tests.bench` starts servers of its own and prints a table. Nothing is asserted about
time, everything about what came out.
"""
