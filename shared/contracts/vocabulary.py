"""The closed vocabularies of contracts v1.

A code is added only together with a new version of every event that carries it: readers of an older
version refuse unknown codes.
"""

from typing import Literal, TypeAlias, get_args

Service: TypeAlias = Literal["intake", "router", "notifier", "publisher"]
SERVICES: tuple[Service, ...] = get_args(Service)

Category: TypeAlias = Literal["inquiry", "request", "complaint", "report", "suggestion", "thanks"]
PoliceType: TypeAlias = Literal[
    "household",
    "public_security",
    "exit_entry",
    "traffic",
    "criminal",
    "economic",
    "antifraud",
    "drugs",
    "cyber",
    "food_drug_env",
    "detention",
    "legal",
    "inspection",
    "petition",
    "command",
    "patrol",
    "personnel",
    "tech",
    "general_office",
]
State: TypeAlias = Literal[
    "submitted",
    "triage",
    "routed",
    "handling",
    "supplement",
    "signing",
    "replied",
    "declined",
    "closed",
    "withdrawn",
]
Channel: TypeAlias = Literal["web", "wechat", "weibo"]
Entry: TypeAlias = Literal[
    "website-popup",
    "website-bay",
    "website-directory",
    "city-website",
    "wechat",
    "weibo",
    "counter",
    "hotline",
]
"""Where a letter came in: a place on a site, an account, or staff who entered it."""
Language: TypeAlias = Literal["zh", "zh-Hant", "yue", "en", "mixed"]
OnBehalf: TypeAlias = Literal["child", "parent", "spouse", "ward", "organisation", "other"]
ActingAs: TypeAlias = Literal[
    "guardian",
    "relative",
    "agent",
    "lawyer",
    "legal_representative",
    "community_worker",
    "other",
]
"""By what right somebody writes for another person."""
AgeGroup: TypeAlias = Literal["under_14", "14_to_17"]
DocumentType: TypeAlias = Literal[
    "resident_id",
    "passport",
    "residence_permit",
    "hong_kong_macao_permit",
    "taiwan_permit",
    "permanent_residence",
]
GuardianRelation: TypeAlias = Literal["parent", "grandparent", "other_relative", "appointed"]
TriageClass: TypeAlias = Literal["accept", "emergency", "crime_report", "not_police"]
Threshold: TypeAlias = Literal["stop", "ask"]
AboutKind: TypeAlias = Literal["bureau", "unit", "officer"]
AboutLevel: TypeAlias = Literal["station", "county", "city", "province"]

Role: TypeAlias = Literal[
    "writer",
    "rule",
    "clock",
    "bureau",
    "handler",
    "chief",
    "triage",
    "duty",
    "supervisor",
    "director",
    "editor",
    "auditor",
]
SignerRole: TypeAlias = Literal["chief", "deputy", "supervisor"]

ClockName: TypeAlias = Literal[
    "diversion",
    "assign",
    "sign_in",
    "objection",
    "unit_sign_in",
    "reply",
    "reopened_reply",
    "signature",
    "answer",
    "extension",
    "instruction",
    "commitment",
    "rating",
    "appeal",
    "publication_problem",
    "petition_notice",
    "petition",
    "disclosure",
]
Change: TypeAlias = Literal["started", "stopped", "paused", "resumed", "moved"]
LevelName: TypeAlias = Literal["reminder", "yellow", "red", "chief", "province", "page", "effect"]
"""`effect` is the passing of a clock without levels that causes something (rating, answer)."""
WhyDueChanged: TypeAlias = Literal["calendar", "reclassified", "resumed"]
LimitUnit: TypeAlias = Literal["wd", "d"]
"""Working days, or natural days."""
Effect: TypeAlias = Literal["letter.supervised", "letter.closed", "question.lapsed"]
DayKind: TypeAlias = Literal["counted", "skipped", "paused", "zero"]

WhyRouted: TypeAlias = Literal["rule", "desk"]
WhyClosed: TypeAlias = Literal["solved", "silence"]
WhyEnded: TypeAlias = Literal["returned", "recalled", "rerouted", "withdrawn"]
WhySupervised: TypeAlias = Literal["escalation", "second_reopening", "appeal", "desk"]
ReturnReason: TypeAlias = Literal[
    "other_place", "other_matter", "other_police_bureau", "concerns_ourselves", "not_said"
]
RecallReason: TypeAlias = Literal[
    "concerns_holder", "wrong_bureau", "too_slow", "province_takes_over", "not_said"
]
LinkKind: TypeAlias = Literal["duplicate", "campaign"]
MarkReason: TypeAlias = Literal["writer_says_so", "by_content", "passed_on", "by_superior"]
"""Why a letter counts as a petition, or as a request for information, by law."""
WithdrawalReason: TypeAlias = Literal[
    "settled", "mistake", "other_channel", "changed_mind", "not_said"
]
WithheldReason: TypeAlias = Literal["report", "complaint", "no_key", "bad_key", "erased"]
TriageReason: TypeAlias = Literal[
    "no_place",
    "ambiguous_place",
    "low_confidence",
    "no_police_type",
    "many_topics",
    "about_police",
    "crime_report",
    "not_police",
    "conflict_of_places",
    "bureau_not_joined",
    "returned",
    "appealed",
]

ReplyKind: TypeAlias = Literal["reply", "refusal"]
ExtensionReason: TypeAlias = Literal[
    "complex", "work_on_site", "expert_opinion", "other_authority", "many_people", "not_said"
]
Kept: TypeAlias = Literal["in_time", "late"]
Outcome: TypeAlias = Literal[
    "resolved", "explained", "adopted", "referred", "unfounded", "malicious"
]
Finding: TypeAlias = Literal["not_true", "no_evidence", "acted_lawfully", "invented"]
DeclineReason: TypeAlias = Literal[
    "duplicate_pending",
    "no_new_facts",
    "court_or_arbitration",
    "petition_already",
    "outside_jurisdiction",
    "other_province",
    "no_content",
    "abusive",
    "secret",
    "crime_report",
]
WhereToTurn: TypeAlias = Literal[
    "110",
    "12110",
    "12345",
    "12348",
    "12333",
    "12315",
    "12389",
    "96110",
    "court",
    "arbitration",
    "administrative_review",
    "petition_office",
    "police_station",
    "other_police_bureau",
    "other_province",
    "other_authority",
]

RequestType: TypeAlias = Literal[
    "answer.submitted",
    "addition.submitted",
    "rating.submitted",
    "reopening.requested",
    "appeal.requested",
    "withdrawal.requested",
    "consent.changed",
]
RequestRefusal: TypeAlias = Literal[
    "out_of_order", "too_late", "too_often", "already_done", "limit"
]
ActionRefusal: TypeAlias = Literal[
    "unreadable",
    "too_large",
    "unknown_type",
    "not_held",
    "stale_assignment",
    "id_reused",
    "out_of_order",
    "bad_envelope",
    "bad_value",
    "not_allowed",
    "limit",
    "too_late",
]
RefusalDetail: TypeAlias = Literal[
    "header",
    "key",
    "reader",
    "length",
    "content",
    "bad_characters",
    "blank",
]
"""The faulty part of sealed words, or the fault of a text. More may be added."""
OwnValue: TypeAlias = Literal[
    "name",
    "id_number",
    "phone",
    "address",
    "email",
    "wechat",
    "bank_card",
    "plate",
    "travel_doc",
]
RevealReason: TypeAlias = Literal[
    "to_reach_writer", "to_check_facts", "danger_to_life", "legal_duty", "supervision"
]
ScanOutcome: TypeAlias = Literal["clean", "refused"]
Erasable: TypeAlias = Literal["identity", "words", "attachments"]
CorrectionNote: TypeAlias = Literal["facts", "wording", "more_hidden", "brought_up_to_date"]
WhyUnpublished: TypeAlias = Literal["consent", "problem", "rule", "erased"]
ProblemKind: TypeAlias = Literal["reveals", "wrong", "outdated"]
ProblemOutcome: TypeAlias = Literal["corrected", "withdrawn", "unfounded"]
CopyPart: TypeAlias = Literal["title", "text", "reply"]
DiversionOutcome: TypeAlias = Literal[
    "called_back", "handed_to_110", "false_alarm", "writer_says_no"
]
