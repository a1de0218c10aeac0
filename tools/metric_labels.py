"""The closed vocabularies of metric labels.

Unlisted values may not be labels: a test checks every metric, and every metrics page of a running
stack. Nothing here grows with the number of letters, people or requests.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from services.intake.api.warnings import EXPLAINED
from services.intake.domain.files import SCANNED
from services.intake.domain.letter import RequestKind
from services.intake.files.file_types import MEDIA_TYPES
from services.intake.jobs.file_orphans import Why
from services.router.jobs.open_letters import HOLDERS, OPEN
from shared.audit.findings import PROMISES
from shared.contracts import vocabulary as words
from shared.contracts.catalogue import EVENTS
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import ALL
from shared.kernel.errors import Refused
from shared.kernel.request_limits import KINDS, SCOPES
from shared.platform.app.retention import AskedBy
from shared.platform.kafka.record_labels import COMMAND, UNKNOWN
from shared.platform.runtime import data_files
from shared.platform.runtime.shell_metrics import family_of
from shared.web.sign_in import WHAT_TO_DO


@dataclass(frozen=True, slots=True)
class LabelVocabulary:
    """The allowed values of a label: named ones, or a few others of one form."""

    values: frozenset[str] = frozenset()
    shape: str = r"(?!)"
    """A regular expression for values that a list would repeat: routes, HTTP codes."""
    shown: str = ""
    """The text in the table; if empty, the values themselves."""

    def has(self, value: str) -> bool:
        """Whether the label may have that value."""
        return value in self.values or re.fullmatch(self.shape, value) is not None

    def __str__(self) -> str:
        return self.shown or ", ".join(sorted(self.values))


def of(*values: str, shown: str = "") -> LabelVocabulary:
    """A vocabulary of exactly these values."""
    return LabelVocabulary(frozenset(values), shown=shown)


def refusal_codes() -> Iterator[str]:
    """The code of each kind of refusal."""
    waiting: list[type[Refused]] = [Refused]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        yield from (refusal.code for refusal in below if hasattr(refusal, "code"))


ERASED_BY_RULE: Final = tuple(
    key for key, row in data_files.retention().rows.items() if row.loop is not None
)
"""The rows of the retention table by which letters lose their parts."""
_FAMILIES: Final = frozenset(family_of(topic.name) for topic in ALL)
_TOPIC: Final = of(*_FAMILIES, shown="topics; those of bureaus together")
_STATUS: Final = r"[1-5][0-9][0-9]"
_BUREAUS: Final = of(*BUREAUS, shown="the 22 bureaus")

BY_LABEL: Final[Mapping[str, LabelVocabulary]] = {
    "topic": _TOPIC,
    "bureau": _BUREAUS,
    "version": LabelVocabulary(shape=r"[0-9]+\.[0-9]+\.[0-9]+", shown="one for each process"),
    "revision": LabelVocabulary(shape=r"[0-9A-Za-z._+-]{1,64}", shown="one for each process"),
    "part": of("database", "broker", "consuming", "keys"),
    "route": LabelVocabulary(
        shape=r"unmatched|/|(/([a-z][a-z0-9_.-]*|\{[a-z_]+\}))+", shown="templates of our routes"
    ),
    "method": of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "other"),
    "status": LabelVocabulary(shape=_STATUS, shown="HTTP status"),
    "channel": of(*get_args(words.Channel)),
    "entry": of(*get_args(words.Entry), "none"),
    "category": of(*get_args(words.Category)),
    "state": of(*OPEN),
    "clock": of(*get_args(words.ClockName), shown="the clocks of the policies"),
    "level": of(*get_args(words.LevelName)),
    "invariant": of(*PROMISES),
}
"""Labels with the same meaning for every metric."""

BY_METRIC: Final[Mapping[tuple[str, str], LabelVocabulary]] = {
    ("mailbox_shell_inputs_total", "topic"): of(
        *_FAMILIES, COMMAND[0], shown="topics; those of bureaus together; commands"
    ),
    ("mailbox_shell_inputs_total", "type"): of(
        *EVENTS, COMMAND[1], UNKNOWN, shown="types of the contracts, command, unknown"
    ),
    ("mailbox_shell_inputs_total", "outcome"): of(
        "applied", "refused", "repeated", "ignored", "early", "early_full", "unfit", "conflicting"
    ),
    ("mailbox_consumer_records_total", "outcome"): of("read", "unreadable"),
    ("mailbox_consumer_actions_refused_total", "kind"): of("rule", "unreadable"),
    ("mailbox_resends_requests_total", "outcome"): of(
        "answered", "nothing", "not_ours", "repeated", "unknown_letter", "unknown_type",
        "whole_topic",
    ),
    ("mailbox_parking_parked_total", "code"): of(
        "unreadable", "bad_envelope", "unfit", "unloadable", "poison"
    ),
    ("mailbox_keys_lacking_holders", "reason"): of("no_key", "bad_key"),
    ("mailbox_sign_ins_total", "outcome"): of("done", *WHAT_TO_DO),
    ("mailbox_http_letters_missed_total", "which"): of("unknown", "foreign"),
    ("mailbox_intake_requests_total", "kind"): of(*get_args(RequestKind)),
    ("mailbox_intake_requests_limited_total", "kind"): of(*KINDS),
    ("mailbox_intake_requests_limited_total", "scope"): of(*SCOPES),
    ("mailbox_intake_identities_withheld_total", "reason"): of("no_key", "bad_key"),
    ("mailbox_intake_diversions_total", "threshold"): of(*get_args(words.Threshold)),
    ("mailbox_intake_diversions_resolved_total", "outcome"): of(*get_args(words.DiversionOutcome)),
    ("mailbox_intake_explanations_total", "found"): of(*EXPLAINED),
    ("mailbox_intake_floods_total", "kind"): of("emergencies", "network", "text"),
    ("mailbox_intake_flood_letters_total", "kind"): of("emergencies", "network", "text"),
    ("mailbox_intake_erasures_due_letters", "rule"): of(*ERASED_BY_RULE),
    ("mailbox_intake_oldest_erasure_due_seconds", "rule"): of(*ERASED_BY_RULE),
    ("mailbox_intake_erased_parts_total", "part"): of(*get_args(words.Erasable)),
    ("mailbox_intake_erased_parts_total", "by"): of(*get_args(AskedBy)),
    ("mailbox_intake_files_erased_total", "why"): of(*get_args(Why)),
    ("mailbox_intake_changes_total", "kind"): of("consent", "contact"),
    ("mailbox_intake_look_ups_total", "kind"): of("document", "phone"),
    ("mailbox_intake_look_ups_total", "reason"): of(*get_args(words.RevealReason)),
    ("mailbox_intake_identities_revealed_total", "role"): of("handler", "supervisor"),
    ("mailbox_intake_identities_revealed_total", "reason"): of(*get_args(words.RevealReason)),
    ("mailbox_router_actions_unreadable_total", "code"): of(
        "unreadable", "too_large", "bad_envelope", "bad_value"
    ),
    ("mailbox_router_key_steps_total", "step"): of(
        "ProposeKey", "ProposeRetirement", "ConfirmKey"
    ),
    ("mailbox_router_key_steps_total", "outcome"): of(
        "done", *refusal_codes(), shown="done, or a code of refusal"
    ),
    ("mailbox_intake_files_received_total", "type"): of(*MEDIA_TYPES.values()),
    ("mailbox_intake_files_refused_total", "code"): of(
        *refusal_codes(), shown="codes of refusals"
    ),
    ("mailbox_intake_files_scanned_total", "result"): of(*SCANNED),
    ("mailbox_router_searches_total", "way"): of("number", "words", "time"),
    ("mailbox_router_open_letters", "bureau"): of(*HOLDERS, shown="the 22 bureaus, triage"),
    ("mailbox_router_oldest_letter_seconds", "bureau"): of(
        *HOLDERS, shown="the 22 bureaus, triage"
    ),
    ("mailbox_notifier_deliveries_total", "outcome"): of(
        "delivered", "given_up", "held", "postponed", "refused"
    ),
    ("mailbox_notifier_deliveries_refused_total", "code"): LabelVocabulary(
        frozenset({"no_channel"}), _STATUS, "no_channel, HTTP status"
    ),
    ("mailbox_publisher_changes_total", "outcome"): of(*get_args(words.ProblemOutcome)),
    ("mailbox_publisher_problems_reported_total", "kind"): of(*get_args(words.ProblemKind)),
}  # fmt: skip
"""Labels with a special meaning for one metric."""


def vocabulary(metric: str, label: str) -> LabelVocabulary | None:
    """The vocabulary of that label for that metric; None if it is not defined."""
    return BY_METRIC.get((metric, label)) or BY_LABEL.get(label)


def strange(metric: str, labels: Mapping[str, str], *, except_: Iterable[str] = ()) -> list[str]:
    """Labels of a sample with values outside the vocabulary; `except_` are not checked."""
    found: list[str] = []
    for label in labels.keys() - set(except_):
        known = vocabulary(metric, label)
        if known is None or not known.has(labels[label]):
            found.append(label)
    return sorted(found)
