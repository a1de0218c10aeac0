"""The notifier's metrics. No letter, bureau or person is ever a label."""

from prometheus_client import Counter, Gauge, Histogram

CLOCKS_FIRED = Counter(
    "mailbox_notifier_clocks_fired_total",
    "Levels that clocks have reached: proposed to the router, or announced for own clocks.",
    ["clock", "level"],
)
LATENESS_SECONDS = Histogram(
    "mailbox_notifier_lateness_seconds",
    "Seconds from the instant that a level was reached to its proposal.",
    buckets=(0.5, 1, 2, 5, 15, 30, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200, 604_800),
)
LAST_FIRING = Gauge(
    "mailbox_notifier_last_firing_timestamp_seconds",
    "When clocks were last checked for due levels (Unix time).",
)
DELIVERIES = Counter(
    "mailbox_notifier_deliveries_total",
    "Attempts to deliver a message to a writer or a desk, by outcome; held: in quiet hours; "
    "given_up: not accepted within three days.",
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
OLDEST_CALL = Gauge(
    "mailbox_notifier_oldest_undelivered_call_seconds",
    "Age of the call to the duty desk that has waited longest to be delivered; 0 when none waits.",
)
OLDEST_UNFIRED = Gauge(
    "mailbox_notifier_oldest_unfired_seconds",
    "Age of the level that has waited longest to be proposed; 0 when none waits.",
)
OVERDUE = Gauge(
    "mailbox_notifier_overdue_letters",
    "Letters of which a clock that isn't paused has passed; counted up to 10,000.",
)
DUE_SOON = Gauge(
    "mailbox_notifier_due_soon_letters",
    "Letters of which a clock passes within the next 24 hours; counted up to 10,000.",
)
UNSEEN_DIVERSIONS = Gauge(
    "mailbox_notifier_unseen_diversions",
    "Diverted emergencies that no person of the duty desk has seen.",
)
OLDEST_UNSEEN_DIVERSION = Gauge(
    "mailbox_notifier_oldest_unseen_diversion_seconds",
    "Age of the diversion that has waited longest to be seen; 0 when none waits.",
)
WATCHED = Gauge(
    "mailbox_notifier_watched_timestamp_seconds",
    "When overdue letters and unseen diversions were last counted (Unix time).",
)

for outcome in ("delivered", "postponed", "held", "refused", "given_up"):
    DELIVERIES.labels(outcome)  # start at 0, so that the first one counts as a rise
