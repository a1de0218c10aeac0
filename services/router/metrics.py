"""What the back office counts. No letter, no person, no word is ever a label."""

from prometheus_client import Counter

ROUTED_BY_HAND = Counter(
    "mailbox_router_letters_routed_by_hand_total", "Letters that the triage desk sent to a bureau."
)
UNREADABLE_ACTIONS = Counter(
    "mailbox_router_actions_unreadable_total",
    "Actions that could not be read, by code; the bureau was told.",
    ["code"],
)
