"""What the notifier counts. No letter, bureau or person is ever a label."""

from prometheus_client import Counter, Gauge, Histogram

CLOCKS_FIRED = Counter(
    "mailbox_notifier_clocks_fired_total",
    "Levels of clocks that were reached: proposed to the router, or told where it watches none.",
    ["level"],
)
LATENESS_SECONDS = Histogram(
    "mailbox_notifier_lateness_seconds",
    "Seconds from the instant that a level was reached to its proposal.",
    buckets=(0.5, 1, 2, 5, 15, 30, 60, 300, 900, 3600, 14_400, 43_200, 86_400),
)
LAST_FIRING = Gauge(
    "mailbox_notifier_last_firing_timestamp_seconds",
    "When the clocks were last looked through (Unix time).",
)
DELIVERIES = Counter(
    "mailbox_notifier_deliveries_total",
    "Attempts to deliver a message to a writer or a desk: delivered, postponed, refused.",
    ["outcome"],
)
REFUSED = Counter(
    "mailbox_notifier_deliveries_refused_total",
    "Messages that will never be delivered, by the gateway's status or `no_channel`.",
    ["code"],
)
OLDEST_UNDELIVERED = Gauge(
    "mailbox_notifier_oldest_undelivered_seconds",
    "Age of the message that has waited longest to be delivered; 0 when none waits.",
)
