"""The notifier's loops: proposing levels, delivering messages, and gauges.

Firing and delivery begin after the process has read its backlog, and find due letters by an index,
so that a pass costs what is due, however many letters are open. Each runs twice, for unseen
diversions and for everything else, so that a call to the duty desk never waits for a reminder.
Several processes may run them at once: a level is proposed once, as its command has one id, and a
message may be sent twice but under one idempotency key.
"""
