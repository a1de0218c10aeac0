"""Names of codes by kind, for labels, radios and selects: `label("state", "handling")`.

Names come from `shared/contracts/names.py` and `names_of_changes.py`, and from the data files; the
filter `label` and the components show them in the reader's language.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from shared.contracts import names, names_of_changes
from shared.contracts.bilingual import Bilingual, bilingual
from shared.kernel import plain
from shared.platform.runtime.data_files import bureaus, categories, police_types
from shared.rules.tables import table

REMARK_KINDS: Final = bilingual(
    {
        "returned": ("退回", "returned"),
        "recalled": ("收回", "recalled"),
        "sent_back": ("退回修改", "sent back"),
        "extension_requested": ("申请延期", "more time requested"),
        "extension_decided": ("延期审批", "decision on more time"),
        "petition_marked": ("按信访事项办理", "marked as a petition"),
        "disclosure_marked": ("按政府信息公开申请办理", "marked as a request for information"),
        "rated": ("来信人评价", "rated by the writer"),
    }
)
"""The kinds of remarks at the router."""

BACK_IN_TRIAGE: Final = bilingual(
    {
        "recalled": ("已从承办单位收回", "recalled from a bureau"),
        "sent_back": ("签发退回", "sent back unsigned"),
    }
)
"""Why the router puts a letter before the desk again, beside the reasons in events."""

FILE_TYPES: Final = bilingual(
    {
        "image/jpeg": ("JPEG 图片", "JPEG image"),
        "image/png": ("PNG 图片", "PNG image"),
        "image/webp": ("WebP 图片", "WebP image"),
        "image/heic": ("HEIC 图片", "HEIC image"),
        "application/pdf": ("PDF 文件", "PDF document"),
    }
)
"""Media types of files that writers send."""

FILE_STATES: Final = bilingual(
    {
        "waiting": ("正在检查", "being checked"),
        "clean": ("已通过检查", "checked"),
        "refused": ("无法检查，不予提供", "could not be checked, refused"),
        "quarantined": ("发现有害内容，已隔离", "harmful, locked away"),
    }
)
"""What became of a writer's file."""

FOR_STAFF: Final = bilingual({"supplement": ("待补充材料", "waiting for the writer")})
"""States whose public name speaks to the writer."""

TRIAGE_DESK: Final = Bilingual("省厅分派岗", "the province’s triage desk")


def label(kind: str, code: str) -> Bilingual:
    """The name of a code, as it begins a line. Raises: KeyError."""
    return _capitalised(NAMES[kind]()[code])


def file_type(media_type: str) -> Bilingual | str:
    """The name of a file's type; the media type itself if it has none."""
    return FILE_TYPES.get(media_type, media_type)


def choices(kind: str) -> list[tuple[str, Bilingual]]:
    """All codes of a kind with their names, in the order of the vocabulary. Raises: KeyError."""
    return [(code, _capitalised(name)) for code, name in NAMES[kind]().items()]


def _capitalised(name: Bilingual) -> Bilingual:
    return Bilingual(name.zh, name.en[:1].upper() + name.en[1:])


def _full_width(name: Bilingual) -> Bilingual:
    """The name with the parentheses of Chinese; the data files write ASCII."""
    return Bilingual(name.zh.translate(_PARENTHESES), name.en)


_PARENTHESES: Final = str.maketrans("()", "（）")


@cache
def _bureaus() -> Mapping[str, Bilingual]:
    return {slug: Bilingual(each.zh, each.en) for slug, each in bureaus().by_slug.items()}


@cache
def _cities() -> Mapping[str, Bilingual]:
    """The cities, and the province for a place that is in no one of them."""
    return {slug: Bilingual(each.city_zh, each.city_en) for slug, each in bureaus().by_slug.items()}


@cache
def _districts() -> Mapping[str, Bilingual]:
    """County-level divisions by their codes of GB/T 2260."""
    cities = plain.rows(table("cities").get("bureaus"), "cities.yaml: bureaus")
    rows = (row for where, city in cities for row in plain.rows(city.get("districts", []), where))
    return {
        plain.a_text(row.get("code"), where): Bilingual(
            plain.a_text(row.get("zh"), where), plain.a_text(row.get("en"), where)
        )
        for where, row in rows
    }


@cache
def _holders() -> Mapping[str, Bilingual]:
    return {"triage": TRIAGE_DESK, **_bureaus()}


@cache
def _key_holders() -> Mapping[str, Bilingual]:
    """Everyone who can have public keys."""
    names = {str(code): name for code, name in names_of_changes.SERVICES.items()}
    return names | {f"bureau:{slug}": name for slug, name in _bureaus().items()}


@cache
def _short_holders() -> Mapping[str, Bilingual]:
    """Holders by their city, where the names of bureaus would only repeat each other."""
    return {
        **_cities(),
        "triage": Bilingual("分派岗", "triage desk"),
        "province": Bilingual("省厅", "the province"),
    }


@cache
def _categories() -> Mapping[str, Bilingual]:
    found = categories().categories
    return {key: _full_width(Bilingual(each.zh, each.en)) for key, each in found.items()}


@cache
def _states() -> Mapping[str, Bilingual]:
    found = categories().statuses
    return {**{key: Bilingual(each.zh, each.en) for key, each in found.items()}, **FOR_STAFF}


@cache
def _decline_reasons() -> Mapping[str, Bilingual]:
    return {key: Bilingual(*text) for key, text in categories().declined_reasons.items()}


@cache
def _police_types() -> Mapping[str, Bilingual]:
    return {key: _full_width(Bilingual(*text)) for key, text in police_types().items()}


def _table(table: Mapping[Any, Bilingual]) -> Callable[[], Mapping[str, Bilingual]]:
    return lambda: table


NAMES: Final[Mapping[str, Callable[[], Mapping[str, Bilingual]]]] = {
    "bureau": _bureaus,
    "category": _categories,
    "city": _cities,
    "decline_reason": _decline_reasons,
    "district": _districts,
    "holder": _holders,
    "key_holder": _key_holders,
    "short_holder": _short_holders,
    "police_type": _police_types,
    "state": _states,
    "about_kind": _table(names.ABOUT_KINDS),
    "about_level": _table(names.ABOUT_LEVELS),
    "acting_as": _table(names.ACTING_AS),
    "action_refusal": _table(names_of_changes.ACTION_REFUSALS),
    "age_group": _table(names.AGE_GROUPS),
    "change": _table(names_of_changes.CHANGES),
    "channel": _table(names.CHANNELS),
    "clock": _table(names.CLOCKS),
    "copy_part": _table(names_of_changes.COPY_PARTS),
    "correction_note": _table(names.CORRECTION_NOTES),
    "day_kind": _table(names_of_changes.DAY_KINDS),
    "diversion_outcome": _table(names.DIVERSION_OUTCOMES),
    "document_type": _table(names.DOCUMENT_TYPES),
    "effect": _table(names_of_changes.EFFECTS),
    "entry": _table(names.ENTRIES),
    "erasable": _table(names_of_changes.ERASABLE),
    "extension_reason": _table(names.EXTENSION_REASONS),
    "file_state": _table(FILE_STATES),
    "finding": _table(names.FINDINGS),
    "guardian_relation": _table(names.GUARDIAN_RELATIONS),
    "kept": _table(names_of_changes.KEPT),
    "language": _table(names.LANGUAGES),
    "level": _table(names.LEVELS),
    "limit_unit": _table(names_of_changes.LIMIT_UNITS),
    "link_kind": _table(names.LINK_KINDS),
    "mark_reason": _table(names.MARK_REASONS),
    "on_behalf": _table(names.ON_BEHALF),
    "outcome": _table(names.OUTCOMES),
    "own_value": _table(names.OWN_VALUES),
    "problem_kind": _table(names_of_changes.PROBLEM_KINDS),
    "problem_outcome": _table(names_of_changes.PROBLEM_OUTCOMES),
    "recall_reason": _table(names.RECALL_REASONS),
    "refusal_detail": _table(names_of_changes.REFUSAL_DETAILS),
    "remark_kind": _table(REMARK_KINDS),
    "reply_kind": _table(names_of_changes.REPLY_KINDS),
    "request_refusal": _table(names.REQUEST_REFUSALS),
    "request_type": _table(names_of_changes.REQUEST_TYPES),
    "return_reason": _table(names.RETURN_REASONS),
    "reveal_reason": _table(names.REVEAL_REASONS),
    "role": _table(names.ROLES),
    "scan_outcome": _table(names_of_changes.SCAN_OUTCOMES),
    "service": _table(names_of_changes.SERVICES),
    "signer_role": _table(names.SIGNER_ROLES),
    "threshold": _table(names_of_changes.THRESHOLDS),
    "triage_class": _table(names_of_changes.TRIAGE_CLASSES),
    "triage_reason": _table({**names.TRIAGE_REASONS, **BACK_IN_TRIAGE}),
    "where_to_turn": _table(names.WHERE_TO_TURN),
    "why_closed": _table(names_of_changes.WHY_CLOSED),
    "why_due_changed": _table(names_of_changes.WHY_DUE_CHANGED),
    "why_ended": _table(names_of_changes.WHY_ENDED),
    "why_routed": _table(names_of_changes.WHY_ROUTED),
    "why_supervised": _table(names_of_changes.WHY_SUPERVISED),
    "why_unpublished": _table(names_of_changes.WHY_UNPUBLISHED),
    "withdrawal_reason": _table(names.WITHDRAWAL_REASONS),
    "withheld_reason": _table(names.WITHHELD_REASONS),
}
"""The names of each kind of code."""
