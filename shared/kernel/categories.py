"""Letter categories, states and reasons for refusal, with their wording; read from plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.kernel import plain
from shared.kernel.errors import BadData

Release = Literal["candidate", "review", "never"]


@dataclass(frozen=True, slots=True)
class Category:
    """A category of letters."""

    key: str
    zh: str
    en: str
    form_zh: str
    """The writer's choice in the form, such as 我要咨询."""
    policy: str
    """The category whose reply limit applies."""
    release: Release
    """Whether such a letter may be proposed for publication."""


@dataclass(frozen=True, slots=True)
class Status:
    """A letter's state as shown to people."""

    key: str
    zh: str
    en: str
    writer_zh: str
    """The wording for the writer."""
    ends: bool


@dataclass(frozen=True)
class Categories:
    """Categories, states and reasons for refusal, each by its key."""

    categories: Mapping[str, Category]
    statuses: Mapping[str, Status]
    declined_reasons: Mapping[str, tuple[str, str]]
    """Chinese and English wording by key."""

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Categories":
        """Read a parsed `categories.yaml`. Raises: BadData."""
        kinds = [_category(r, w) for w, r in plain.rows(data.get("categories"), "categories")]
        states = [_status(r, w) for w, r in plain.rows(data.get("statuses"), "statuses")]
        reasons = plain.rows(data.get("declined_reasons"), "declined_reasons")
        return cls(
            plain.by_key([(kind.key, kind) for kind in kinds], "categories"),
            plain.by_key([(state.key, state) for state in states], "statuses"),
            plain.by_key(
                [(_text(r, w, "key"), (_text(r, w, "zh"), _text(r, w, "en"))) for w, r in reasons],
                "declined_reasons",
            ),
        )


def _category(row: Mapping[str, object], where: str) -> Category:
    release = row.get("public_release_default")
    if release not in ("candidate", "review", "never"):
        raise BadData(f"{where}.public_release_default: candidate, review or never is needed")
    return Category(
        key=_text(row, where, "key"),
        zh=_text(row, where, "zh"),
        en=_text(row, where, "en"),
        form_zh=_text(row, where, "zh_form"),
        policy=_text(row, where, "default_policy"),
        release=release,
    )


def _status(row: Mapping[str, object], where: str) -> Status:
    ends = row.get("ends")
    if not isinstance(ends, bool):
        raise BadData(f"{where}.ends: true or false is needed")
    return Status(
        key=_text(row, where, "key"),
        zh=_text(row, where, "zh"),
        en=_text(row, where, "en"),
        writer_zh=_text(row, where, "writer_zh"),
        ends=ends,
    )


def _text(row: Mapping[str, object], where: str, key: str) -> str:
    return plain.a_text(row.get(key), f"{where}.{key}")
