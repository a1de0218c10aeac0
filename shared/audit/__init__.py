"""Does the mailbox keep its promise? Looks at all letters in all four services, and says so.

It judges by what was said (the events in the logs, read with the contracts) and by the shell's
marks, never by a service's own rules, so that a rule that is wrong doesn't judge itself. It only
reads: with rights that allow no more. `python -m shared.audit` checks everything, `python -m
shared.audit.trace` tells one letter's life.
"""
