"""Bureaus by slug and by the name of their city; read from plain data.

Places inside a city (districts, towns, landmarks) are not looked up here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.kernel import plain

PROVINCE: Final = "province"


@dataclass(frozen=True, slots=True)
class Bureau:
    """A police bureau: one of the 21 cities, or the provincial department itself."""

    slug: str
    code: str
    """GB/T 2260."""
    city_zh: str
    city_en: str
    zh: str
    """The full name, such as 广州市公安局."""
    en: str


@dataclass(frozen=True)
class Bureaus:
    """All bureaus, by slug and by name."""

    by_slug: Mapping[str, Bureau]
    by_name: Mapping[str, Bureau]

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Bureaus":
        """Read the bureaus of a parsed `cities.yaml`. Raises: BadData."""
        found = [_province(plain.a_map(data.get("province"), "province"))]
        found += [_city(row, where) for where, row in plain.rows(data.get("bureaus"), "bureaus")]
        names = [(_folded(name), bureau) for bureau in found for name in _names(bureau)]
        return cls(
            plain.by_key([(bureau.slug, bureau) for bureau in found], "bureaus: slugs"),
            plain.by_key(names, "bureaus: names"),
        )

    def named(self, name: str) -> Bureau | None:
        """The bureau with this Chinese or English name, or its city's; None if there is none."""
        return self.by_name.get(_folded(name))


def _province(row: Mapping[str, object]) -> Bureau:
    zh, en, code = (plain.a_text(row.get(key), f"province.{key}") for key in ("zh", "en", "code"))
    return Bureau(PROVINCE, code, city_zh="广东省", city_en="Guangdong", zh=zh, en=en)


def _city(row: Mapping[str, object], where: str) -> Bureau:
    keys = ("slug", "code", "zh", "en", "bureau_zh", "bureau_en")
    return Bureau(*(plain.a_text(row.get(key), f"{where}.{key}") for key in keys))


def _names(bureau: Bureau) -> set[str]:
    names = {bureau.city_zh, bureau.city_en, bureau.zh, bureau.en}
    return names if bureau.slug == PROVINCE else names | {f"{bureau.city_zh}市"}


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
