"""Texts from which handlers begin a reply, read from plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from re import compile as pattern
from typing import Final

from shared.kernel import plain
from shared.kernel.errors import BadData

TO_FILL: Final = pattern(r"【[^】]*】")
"""A place in a template that must be replaced."""
LITTLE: Final = 0.25
"""A reply with a smaller share of own words was hardly edited."""
MOST_COMPARED: Final = 4_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """The beginning of a reply to letters of some categories."""

    key: str
    categories: tuple[str, ...]
    outcome: str
    zh_name: str
    en_name: str
    zh: str
    en: str


def templates_of(data: Mapping[str, object]) -> tuple[ReplyTemplate, ...]:
    """Read parsed `reply_templates.yaml`. Raises: BadData."""
    found = [_template(row, where) for where, row in plain.rows(data.get("templates"), "templates")]
    return tuple(plain.by_key([(one.key, one) for one in found], "templates").values())


def is_hardly_edited(text: str, template: str) -> bool:
    """Whether hardly anything in a reply was not in the template."""
    given, text = TO_FILL.sub("", template)[:MOST_COMPARED], text[:MOST_COMPARED]
    blocks = SequenceMatcher(None, given, text, autojunk=False).get_matching_blocks()
    return len(text) - sum(block.size for block in blocks) < LITTLE * len(text)


def unfilled(text: str) -> str | None:
    """Return the first place of a template that was not replaced."""
    found = TO_FILL.search(text)
    return found[0] if found else None


def _template(row: Mapping[str, object], where: str) -> ReplyTemplate:
    def text(key: str) -> str:
        return plain.a_text(row.get(key), f"{where}.{key}").strip()

    categories = row.get("categories")
    if not isinstance(categories, list) or not all(isinstance(one, str) for one in categories):
        raise BadData(f"{where}.categories: a list of categories")
    for key in ("zh", "en"):
        if not unfilled(text(key)):
            raise BadData(f"{where}.{key}: a template has a place to fill")
    return ReplyTemplate(
        text("key"),
        tuple(categories),
        text("outcome"),
        text("zh_name"),
        text("en_name"),
        text("zh"),
        text("en"),
    )
