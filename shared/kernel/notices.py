"""The notice to letter-writers in its versions, read from plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.kernel import plain
from shared.kernel.civil import ONE_DAY
from shared.kernel.errors import BadData


@dataclass(frozen=True, slots=True)
class NoticeSection:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeText:
    """The notice in one language."""

    title: str
    sections: tuple[NoticeSection, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One version, in Chinese and English."""

    version: str
    since: date
    zh: NoticeText
    en: NoticeText


@dataclass(frozen=True, slots=True)
class Notices:
    """All versions by name."""

    by_version: Mapping[str, Notice]

    @classmethod
    def of(cls, files: Mapping[str, Mapping[str, object]]) -> "Notices":
        """Read parsed files by version. Raises: BadData, without a version or with two of a day."""
        found = {version: _notice(version, data) for version, data in files.items()}
        if not found:
            raise BadData("notices: there must be at least one version")
        if len({notice.since for notice in found.values()}) < len(found):
            raise BadData("notices: two versions hold from the same day")
        return cls(found)

    def on(self, day: date) -> Notice:
        """The version that holds on that day; before the first one, the first."""
        ordered = sorted(self.by_version.values(), key=lambda notice: notice.since)
        return next((each for each in reversed(ordered) if each.since <= day), ordered[0])

    def is_current(self, version: str, day: date) -> bool:
        """Whether a writer may have been shown it that day: yesterday's holds for a day more."""
        return version in {self.on(day).version, self.on(day - ONE_DAY).version}


def _notice(version: str, data: Mapping[str, object]) -> Notice:
    row = plain.only(data, "from", "zh", "en", where="notice")
    return Notice(
        version,
        plain.a_day(row.get("from"), "from"),
        _text(plain.a_map(row.get("zh"), "zh"), "zh"),
        _text(plain.a_map(row.get("en"), "en"), "en"),
    )


def _text(data: Mapping[str, object], where: str) -> NoticeText:
    rows = plain.rows(data.get("sections"), f"{where}.sections")
    return NoticeText(
        plain.a_text(data.get("title"), f"{where}.title"),
        tuple(
            NoticeSection(
                plain.a_text(row.get("heading"), f"{place}.heading"),
                plain.texts(row.get("paragraphs"), f"{place}.paragraphs"),
            )
            for place, row in rows
        ),
    )
