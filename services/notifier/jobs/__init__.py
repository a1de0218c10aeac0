"""The notifier's own loops: proposing levels that were reached, and delivering messages.

Both begin once the process has read what was said without it, and find what is due by an index, so
that a pass costs what is due, however many letters are open. Each runs twice, for diversions that
nobody has seen and for all else, so that a call to the duty desk waits for no reminder. Several
processes may run them at once: a level is proposed once, for its command has one id, and a message
may leave twice but under one idempotency key.
"""

from services.notifier.jobs.clock_firing import Firing
from services.notifier.jobs.clock_gauges import Watching
from services.notifier.jobs.gateway_client import gateway_client
from services.notifier.jobs.loop_start import after_reading
from services.notifier.jobs.message_delivery import Delivering
from services.notifier.jobs.message_gateway import Addresses, Gateway

__all__ = [
    "Addresses",
    "Delivering",
    "Firing",
    "Gateway",
    "Watching",
    "after_reading",
    "gateway_client",
]
