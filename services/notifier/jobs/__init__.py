"""The notifier's own loops: proposing levels that were reached, and delivering messages.

Both begin once the process has read what was said without it, and find what is due by an index, so
that a pass costs what is due, however many letters are open. Each runs twice, for diversions that
nobody has seen and for all else, so that a call to the duty desk waits for no reminder. Several
processes may run them at once: a level is proposed once, for its command has one id, and a message
may leave twice but under one idempotency key.
"""

from services.notifier.jobs.beginning import after_reading
from services.notifier.jobs.credentials import gateway_client
from services.notifier.jobs.delivering import Delivering
from services.notifier.jobs.firing import Firing
from services.notifier.jobs.gateway import Addresses, Gateway
from services.notifier.jobs.watching import Watching

__all__ = [
    "Addresses",
    "Delivering",
    "Firing",
    "Gateway",
    "Watching",
    "after_reading",
    "gateway_client",
]
