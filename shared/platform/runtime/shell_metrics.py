"""Metrics of the letters shell. No letter number and no word is ever a label.

Label values come from closed vocabularies (listed in `tools.metrics` and checked by a test).
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types for it

INPUTS = Counter(
    "mailbox_shell_inputs_total",
    "Records and commands that were decided, by topic, type and outcome.",
    ["topic", "type", "outcome"],
)
CONFLICTS = Counter(
    "mailbox_shell_conflicts_total", "Compare-and-sets that lost a race and were decided again."
)
LOAD_FAILURES = Counter(
    "mailbox_shell_load_failures_total", "Loads of a letter's document that failed."
)
SENT = Counter("mailbox_shell_sent_total", "Records that the broker acknowledged.", ["topic"])
SEND_FAILURES = Counter(
    "mailbox_shell_send_failures_total", "Records that the broker did not acknowledge."
)
DAMPED = Counter(
    "mailbox_shell_damped_total",
    "Effects of duplicates not sent because they had just been acknowledged.",
)
UNSENT = Gauge(
    "mailbox_shell_unsent_letters",
    "Letters with effects on a topic that are unacknowledged for over 5 s, among the oldest 1,000.",
    ["topic"],
)
OLDEST_UNSENT = Gauge(
    "mailbox_shell_oldest_unsent_seconds",
    "Age of the oldest effect that the broker has not acknowledged; 0 if there is none.",
    ["topic"],
)
SWEPT = Counter("mailbox_shell_swept_total", "Records that the sweeper sent again.")
RESENT = Counter(
    "mailbox_shell_resent_total", "Log entries sent again on request or for a new incarnation."
)
MOVED = Counter("mailbox_shell_moved_total", "Log entries archived from a letter's document.")
ERASED = Counter("mailbox_shell_erased_total", "Log entries from which content was erased.")
ERASING = Gauge(
    "mailbox_shell_erasing_letters", "Letters whose log still holds content to erase, up to 20."
)
GAPS = Gauge(
    "mailbox_shell_gap_letters",
    "Letters that wait for an event for over a minute; counted up to 1,000.",
)
OLDEST_GAP = Gauge(
    "mailbox_shell_oldest_gap_seconds",
    "How long the longest waiting letter has missed an event; 0 if none does.",
)
MEASURED = Gauge(
    "mailbox_shell_measured_timestamp_seconds",
    "When the backlog in the database was last measured (Unix time).",
)
RECORDS = Counter(
    "mailbox_consumer_records_total",
    "Records consumed, by topic and outcome.",
    ["topic", "outcome"],
)
BATCH_SECONDS = Histogram(
    "mailbox_consumer_batch_seconds",
    "Seconds from a batch's fetch to its commit.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
AGE_SECONDS = Histogram(
    "mailbox_consumer_age_seconds",
    "Seconds from the broker's append of a record to its handling, by topic.",
    ["topic"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400, 259_200, 604_800, 1_209_600),
)
LAG = Gauge(
    "mailbox_consumer_lag_records",
    "Records of a topic that are assigned to this process and not handled yet.",
    ["topic"],
)
OLDEST_UNPROCESSED = Gauge(
    "mailbox_consumer_oldest_unprocessed_seconds",
    "Age of the oldest record that this process has not handled; 0 if it has handled all.",
    ["topic"],
)
LAST_POLL = Gauge(
    "mailbox_consumer_last_poll_timestamp_seconds",
    "When records were last fetched (Unix time); nothing is fetched while a batch is retried.",
)
REFUSED = Counter(
    "mailbox_consumer_actions_refused_total",
    "Actions of a bureau that were refused: unreadable, or by a rule.",
    ["bureau", "kind"],
)
BATCH_FAILURES = Counter(
    "mailbox_consumer_batch_failures_total",
    "Failed attempts to handle or commit a batch; its records are handled again.",
)
LAST_POISON = Gauge(
    "mailbox_consumer_last_poison_timestamp_seconds",
    "When a record was last set aside because it had killed its process (Unix time).",
    ["topic"],
)
STOPPED_PARTITIONS = Gauge(
    "mailbox_consumer_stopped_partitions", "Partitions stopped at a record that can't be used."
)
ASSIGNED_PARTITIONS = Gauge(
    "mailbox_consumer_assigned_partitions", "Partitions that this process consumes."
)
LAST_SUCCESS = Gauge(
    "mailbox_consumer_last_success_timestamp_seconds",
    "When a batch was last committed (Unix time).",
)
ASKED_AGAIN = Counter(
    "mailbox_resends_asked_total", "Gaps of letters for which a resend was requested."
)
ANSWERED = Counter(
    "mailbox_resends_answered_total", "Requested gaps that have closed or become smaller."
)
REQUESTS = Counter(
    "mailbox_resends_requests_total",
    "Requests of readers on letters.resends, by outcome.",
    ["outcome"],
)
LOST_TOPICS = Counter(
    "mailbox_resends_lost_topics_total",
    "Topics from which retention deleted records that this service had not read.",
)
PARKED = Counter(
    "mailbox_parking_parked_total",
    "Records that were parked, by topic and code.",
    ["topic", "code"],
)
PARKED_NOW = Gauge(
    "mailbox_parking_outstanding_records", "Records that wait to be replayed or dropped.", ["topic"]
)
OLDEST_PARKED = Gauge(
    "mailbox_parking_oldest_seconds",
    "How long the oldest parked record has waited; 0 if none waits.",
    ["topic"],
)
UNDECODABLE_PARTITIONS = Gauge(
    "mailbox_consumer_undecodable_partitions",
    "Partitions of a bureau stopped at a batch that can't be decoded or is too large unpacked.",
    ["bureau"],
)
PAUSED_PARTITIONS = Gauge(
    "mailbox_consumer_paused_partitions",
    "Partitions of bureaus paused because too many of their actions were refused.",
)


def family_of(topic: str) -> str:
    """The topic without its bureau, so that labels stay few."""
    return "bureau." + topic.rsplit(".", 1)[1] if topic.startswith("bureau.") else topic
