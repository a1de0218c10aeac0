"""The router's metrics. Labels are never letters, persons or words; bureaus are."""

from prometheus_client import Counter, Gauge

ROUTED_BY_HAND = Counter(
    "mailbox_router_letters_routed_by_hand_total", "Letters that the triage desk sent to a bureau."
)
UNREADABLE_ACTIONS = Counter(
    "mailbox_router_actions_unreadable_total",
    "Actions that could not be read, by code; the bureau was told.",
    ["code"],
)
KEY_STEPS = Counter(
    "mailbox_router_key_steps_total",
    "Steps of people who enter and retire public keys, by outcome: done, or why not.",
    ["step", "outcome"],
)
WITHOUT_POLICIES = Gauge(
    "mailbox_router_letters_without_policies",
    "Letters on which a clock runs and whose version of the policies is not loaded.",
)
STRANGE_KEYS = Gauge(
    "mailbox_router_strange_keys_holders",
    "Holders of whom mailbox.keys tells something that was never entered here.",
)
UNLISTED = Gauge(
    "mailbox_router_letters_unlisted",
    "Letters whose list entry is behind: new, erased, or at another bureau; fifty stand for more.",
)
SEARCHES = Counter(
    "mailbox_router_searches_total",
    "Searches of staff, by how letters were looked for: number, words, time.",
    ["way"],
)
OPEN_LETTERS = Gauge(
    "mailbox_router_open_letters",
    "Letters that have not ended, by holder and state; each counted up to 100,000.",
    ["bureau", "state"],
)
OLDEST_LETTER = Gauge(
    "mailbox_router_oldest_letter_seconds",
    "Time since the receipt of the oldest letter of a holder in a state; 0 when it has none.",
    ["bureau", "state"],
)
OPEN_COUNTED = Gauge(
    "mailbox_router_open_letters_counted_timestamp_seconds",
    "When the open letters were last counted (Unix time).",
)
