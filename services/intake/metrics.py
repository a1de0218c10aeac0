"""Metrics of intake. No writer, letter or word is ever a label."""

from prometheus_client import Counter, Gauge

from shared.kernel.request_limits import KINDS, SCOPES

SUBMITTED = Counter(
    "mailbox_intake_letters_submitted_total",
    "Letters accepted, by channel and the category that the writer chose.",
    ["channel", "category"],
)
ENTERED = Counter(
    "mailbox_intake_letters_entered_total",
    "Letters accepted, by the entry of their client (none: the client is not registered).",
    ["entry"],
)
SAME_MATTER = Counter(
    "mailbox_intake_same_matter_total",
    "Letters held up once because their writer had an open one on the same matter.",
)
REPEATED = Counter(
    "mailbox_intake_submissions_repeated_total",
    "Submissions that came again under the same key and were answered with the same letter.",
)
TURNED_AWAY = Counter(
    "mailbox_intake_submissions_turned_away_total",
    "Submissions refused because too many letters wait for the broker.",
)
LIMITED = Counter(
    "mailbox_intake_requests_limited_total",
    "Requests refused because their person, address or network sent too many, by kind (letters,"
    " requests, uploads, drafts, codes). Emergencies are never among them.",
    ["kind", "scope"],
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
LOOK_UPS = Counter(
    "mailbox_intake_look_ups_total",
    "Times that staff looked up a person's letters, by what they had and why.",
    ["kind", "reason"],
)
DIVERTED = Counter(
    "mailbox_intake_diversions_total",
    "What may be an emergency and went to the duty desk, by threshold (stop, ask).",
    ["threshold"],
)
EXPLAINED = Counter(
    "mailbox_intake_explanations_total",
    "Letters whose writers were told where to turn instead, by what was found (crime_report, ...).",
    ["found"],
)
RESOLVED = Counter(
    "mailbox_intake_diversions_resolved_total",
    "Diversions resolved by the duty desk or their writer, repeated ones among them.",
    ["outcome"],
)
UNSEEN = Gauge(
    "mailbox_intake_diversions_unseen",
    "Diversions that nobody of the duty desk has seen yet; a thousand stands for all beyond.",
)
OLDEST_UNSEEN = Gauge(
    "mailbox_intake_oldest_unseen_diversion_seconds",
    "Age of the oldest diversion that nobody has seen; 0 when there is none.",
)
FLOODS = Counter(
    "mailbox_intake_floods_total",
    "Floods that began: letters nearly the same (text), from one network (network), or one"
    " writer's emergencies (emergencies).",
    ["kind"],
)
FLOOD_LETTERS = Counter(
    "mailbox_intake_flood_letters_total",
    "Letters and diversions that are part of a flood, by kind; none is held up or refused.",
    ["kind"],
)
ERASURES_DUE = Gauge(
    "mailbox_intake_erasures_due_letters",
    "Letters and diversions with a part that should be erased by now, by the row of the retention"
    " table; a thousand stands for all beyond.",
    ["rule"],
)
OLDEST_ERASURE_DUE = Gauge(
    "mailbox_intake_oldest_erasure_due_seconds",
    "For how long the oldest part has been due to be erased, by the row of the retention table; 0"
    " when nothing is.",
    ["rule"],
)
ERASED_PARTS = Counter(
    "mailbox_intake_erased_parts_total",
    "Parts of letters and diversions erased, by part and by who asked for it.",
    ["part", "by"],
)
FILES_RECEIVED = Counter(
    "mailbox_intake_files_received_total",
    "Files received and cleaned, by their type by content.",
    ["type"],
)
FILES_REFUSED = Counter(
    "mailbox_intake_files_refused_total",
    "Files refused when they were uploaded, by the code of the refusal.",
    ["code"],
)
FILES_SCANNED = Counter(
    "mailbox_intake_files_scanned_total",
    "Files scanned, by the result (clean, refused, quarantined).",
    ["result"],
)
SCANS_FAILED = Counter(
    "mailbox_intake_file_scans_failed_total",
    "Attempts to scan a file that failed because the scanner is away or slow; the file waits.",
)
FILES_WAITING = Gauge(
    "mailbox_intake_files_waiting",
    "Files that wait for the scanner; a thousand stands for all beyond.",
)
OLDEST_WAITING_FILE = Gauge(
    "mailbox_intake_oldest_waiting_file_seconds",
    "Age of the oldest file that waits for the scanner; 0 when there is none.",
)
FILES_UNSCANNED = Gauge(
    "mailbox_intake_scanner_off",
    "1 if the operator chose to hand files out unscanned, otherwise 0.",
)
FILES_ERASED = Counter(
    "mailbox_intake_files_erased_total",
    "Files erased because nobody uses them: uploads that broke off (incomplete), files that no"
    " letter named within a day (unused), whose letter doesn't exist or have them (no_letter), and"
    " bytes without a record (no_record).",
    ["why"],
)
FILES_LOST = Gauge(
    "mailbox_intake_files_lost",
    "Files of letters whose bytes are missing in the storage, at the last daily comparison.",
)

for limit in KINDS:
    for scope in SCOPES:
        LIMITED.labels(limit, scope)
for reason in ("no_key", "bad_key"):
    IDENTITIES_WITHHELD.labels(reason)  # starts at 0, so that the first one counts as an increase
for kind in ("text", "network", "emergencies"):
    FLOODS.labels(kind)
