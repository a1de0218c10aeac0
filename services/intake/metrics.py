"""What the front desk counts. No writer, no letter, no word is ever a label."""

from prometheus_client import Counter

SUBMITTED = Counter(
    "mailbox_intake_letters_submitted_total",
    "Letters taken in, by channel and the category that the writer chose.",
    ["channel", "category"],
)
REPEATED = Counter(
    "mailbox_intake_submissions_repeated_total",
    "Submissions that came again under the same key and were answered with the same letter.",
)
TURNED_AWAY = Counter(
    "mailbox_intake_submissions_turned_away_total",
    "Submissions not taken in because too many letters wait for the broker.",
)
REQUESTS = Counter(
    "mailbox_intake_requests_total", "Requests of writers about their letters, by kind.", ["kind"]
)
IDENTITIES_WITHHELD = Counter(
    "mailbox_intake_identities_withheld_total",
    "Identities not sealed because the bureau has no key (no_key) or no valid one (bad_key).",
    ["reason"],
)
CHANGES = Counter(
    "mailbox_intake_changes_total",
    "Changes of consent and contact by writers, repeated ones among them, by kind.",
    ["kind"],
)
REVEALED = Counter(
    "mailbox_intake_identities_revealed_total",
    "Times that staff were shown who wrote a letter, by role and reason.",
    ["role", "reason"],
)

for reason in ("no_key", "bad_key"):
    IDENTITIES_WITHHELD.labels(reason)  # from 0, or the first would not count as a rise
