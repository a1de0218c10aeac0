"""The table of referrals (`lines.yaml`), checked once and given as types."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from shared.contracts.bilingual import Bilingual
from shared.kernel import plain
from shared.kernel.errors import BadData
from shared.rules.tables import table

OF_A_LINE = (
    *("code", "number", "name_zh", "name_en", "hours"),
    *("verified", "source", "zh", "en"),
)
URGENT, OPEN, SHUT = "urgent", "in_office_hours", "out_of_office_hours"


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """A contact for the writer. Text may contain `{area}` or `{area3}` until a city is known."""

    code: str
    number: str
    """Number to call or text; empty for a place to visit."""
    name_zh: str
    name_en: str
    hours_zh: str
    """When the line is staffed."""
    hours_en: str
    zh: str
    """What it is for."""
    en: str


@dataclass(frozen=True, slots=True)
class Added:
    """The lines added for evidence codes with the prefix `begins`."""

    begins: str
    lines: tuple[str, ...]
    is_first: bool
    """Before the lines of the letter's class."""


@dataclass(frozen=True)
class Turning:
    """The lines by code, the conditions for each, and who reads a letter when."""

    lines: Mapping[str, ReferralLine]
    by_class: Mapping[str, tuple[str, ...]]
    by_evidence: tuple[Added, ...]
    readers: Mapping[str, Bilingual]

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Turning":
        """Read a parsed `lines.yaml`. Raises: BadData."""
        hours = dict(_bilingual(plain.a_map(data.get("hours"), "hours"), "hours"))
        rows = plain.rows(data.get("lines"), "lines")
        lines = [_line(row, where, hours=hours) for where, row in rows]
        classes = plain.a_map(data.get("by_class"), "by_class")
        added = plain.rows(data.get("by_evidence"), "by_evidence")
        found = cls(
            plain.by_key([(line.code, line) for line in lines], "lines"),
            {name: plain.texts(codes, f"by_class.{name}") for name, codes in classes.items()},
            tuple(_added(row, where) for where, row in added),
            _readers(plain.a_map(data.get("readers"), "readers")),
        )
        named_codes = {
            *sum(found.by_class.values(), ()),
            *sum((a.lines for a in found.by_evidence), ()),
        }
        if unknown := sorted(named_codes - found.lines.keys()):
            raise BadData(f"lines: there is no {unknown[0]}")
        return found


def _line(row: Mapping[str, object], where: str, *, hours: Mapping[str, Bilingual]) -> ReferralLine:
    plain.only(row, *OF_A_LINE, where=where)
    if not isinstance(number := row.get("number"), str):
        raise BadData(f"{where}.number: a text is needed")
    plain.a_day(f"{row.get('verified')}", f"{where}.verified")
    code, name_zh, name_en, zh, en, _ = (
        plain.a_text(row.get(k), f"{where}.{k}")
        for k in ("code", "name_zh", "name_en", "zh", "en", "source")
    )
    when = plain.one_of(row.get("hours"), *hours, where=f"{where}.hours")
    return ReferralLine(code, number, name_zh, name_en, *hours[when], zh, en)


def _added(row: Mapping[str, object], where: str) -> Added:
    plain.only(row, "begins", "lines", "first", where=where)
    return Added(
        plain.a_text(row.get("begins"), f"{where}.begins"),
        plain.texts(row.get("lines"), f"{where}.lines"),
        plain.a_flag(row.get("first", False), f"{where}.first"),
    )


def _readers(data: Mapping[str, object]) -> Mapping[str, Bilingual]:
    return dict(_bilingual({name: data.get(name) for name in (URGENT, OPEN, SHUT)}, "readers"))


def _bilingual(data: Mapping[str, object], where: str) -> Iterator[tuple[str, Bilingual]]:
    """Each name with its Chinese and English text."""
    for name, row in data.items():
        texts = plain.a_map(row, f"{where}.{name}")
        zh, en = (plain.a_text(texts.get(key), f"{where}.{name}.{key}") for key in ("zh", "en"))
        yield name, Bilingual(zh, en)


@cache
def turning() -> Turning:
    """Our table. Raises: BadData."""
    return Turning.of(table("lines"))


@cache
def area_codes() -> Mapping[str, str]:
    """The cities' telephone area codes, such as 020, by slug. Raises: BadData."""
    return {
        plain.a_text(row.get("slug"), where): plain.a_text(row.get("area_code"), where)
        for where, row in plain.rows(table("cities").get("bureaus"), "cities.yaml: bureaus")
    }
