"""The audit: checks in all four services whether the mailbox keeps its promises.

It judges by the events in the logs (read with the contracts) and by the shell's marks, never by a
service's own rules, so that a wrong rule doesn't judge itself. It only reads, with rights that
allow no more. `python -m shared.audit` checks everything; `python -m shared.audit.trace` shows one
letter's life.
"""
