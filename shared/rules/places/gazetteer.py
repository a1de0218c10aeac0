"""The gazetteer: names of places, and the city that each may mean.

Source: `cities.yaml` (cities, districts, areas), `towns_gd.csv`, `landmarks.yaml`,
`towns_pinyin.yaml`, `place_cues.yaml`. Names are stored as `normal` writes them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, cast

from shared.contracts.slugs import CITIES, City
from shared.kernel import plain
from shared.rules.tables import listed, table
from shared.rules.text.normalise import normal

Kind: TypeAlias = Literal["city", "district", "town", "landmark", "elsewhere", "none"]
"""`elsewhere` is outside our cities; `none` only looks like a place (中山路, 和平分手)."""

ENDINGS: Final = re.compile("(?:壮族瑶族|瑶族)?(?:自治县|区|县|市)$")
TOWN_ENDINGS: Final = re.compile("(?:街道|镇|乡)$")
CUES: Final = table("place_cues")


@dataclass(frozen=True, slots=True)
class Name:
    """The possible meanings of one name."""

    kind: Kind
    cities: tuple[City, ...] = ()
    """More than one: significant only with another name beside it."""
    is_lonely: bool = False
    """Whether it is also a word, or a place elsewhere, so that it never counts alone."""
    likely: City | None = None
    """The best-known of several cities."""


def _gathered() -> Mapping[str, Name]:
    """All names; if two tables have one, the later table wins."""
    found: dict[str, Name] = {}
    for text, name in _all():
        for spelled in {normal(text), normal(text).replace("'", "")}:
            found[spelled] = name
    return found


def _all() -> Iterator[tuple[str, Name]]:
    yield from ((text, Name("none")) for text in _texts("blocked"))
    yield from ((text, Name("elsewhere")) for text in _texts("elsewhere", "elsewhere_english"))
    yield from _pinyin()
    yield from _towns()
    for city, row in _bureaus():
        yield from _landmarks(city)
        yield from ((area, Name("landmark", (city,))) for area in _areas(row))
    for city, row in _bureaus():
        yield from _districts(city, row)
        zh, en = (plain.a_text(row.get(key), key) for key in ("zh", "en"))
        yield from ((text, Name("city", (city,))) for text in (zh, f"{zh}市", en))


def _bureaus() -> Iterator[tuple[City, Mapping[str, object]]]:
    for _where, row in plain.rows(table("cities").get("bureaus"), "cities.yaml: bureaus"):
        yield _city(plain.a_text(row.get("slug"), "slug")), row


def _city(slug: str) -> City:
    return cast("City", plain.one_of(slug, *CITIES, where="city"))


def _texts(*keys: str) -> Iterator[str]:
    for key in keys:
        yield from plain.texts(CUES.get(key), f"place_cues.yaml: {key}")


def _areas(row: Mapping[str, object]) -> Iterable[str]:
    names = plain.texts(row.get("functional_areas", []), "functional_areas")
    return (name.split("(", maxsplit=1)[0] for name in names if name != "华侨管理区")


def _landmarks(city: City) -> Iterator[tuple[str, Name]]:
    row = plain.a_map(table("landmarks").get(city), f"landmarks.yaml: {city}")
    for key in ("plain", "english"):
        for text in plain.texts(row.get(key), f"landmarks.yaml: {city}.{key}"):
            yield text, Name("landmark", (city,))


def _districts(city: City, row: Mapping[str, object]) -> Iterator[tuple[str, Name]]:
    lonely, shared = set(_texts("lonely")), set(_texts("shared"))
    for where, district in plain.rows(row.get("districts", []), "districts"):
        zh, en = (plain.a_text(district.get(key), f"{where}.{key}") for key in ("zh", "en"))
        name, short = Name("district", (city,)), ENDINGS.sub("", zh)
        yield en, replace(name, is_lonely=zh == "城区")
        yield zh, replace(name, is_lonely=zh in shared)
        if len(short) > 1:
            for text in (f"{short}{ending}" for ending in ("区", "县", "市", "县城")):
                yield text, replace(name, is_lonely=text in shared)
            yield short, replace(name, is_lonely=short in lonely)


def _pinyin() -> Iterator[tuple[str, Name]]:
    for city in CITIES:
        for text in plain.texts(table("towns_pinyin").get(city, []), "towns_pinyin.yaml"):
            yield text, Name("town", (city,))


def _towns() -> Iterator[tuple[str, Name]]:
    """Towns by full and short name, the short one also with the usual endings."""
    words, moved = set(_texts("words")), _moved("moved")
    famous, cities = _moved("famous"), dict[str, set[City]]()
    for row in listed("towns_gd"):
        home = moved.get(row["short"], _city(row["city_slug"]))
        for text in {row["town"], row["short"]}:
            cities.setdefault(text, set()).add(home)
    for text, homes in cities.items():
        likely = famous.get(TOWN_ENDINGS.sub("", text))
        name = Name(
            "town", tuple(sorted(homes)), text in words, likely if likely in homes else None
        )
        yield text, name
        if TOWN_ENDINGS.sub("", text) == text and len(text) > 1:
            for ending in ("街道", "镇", "乡", "街"):
                if f"{text}{ending}" not in cities:
                    yield (
                        f"{text}{ending}",
                        replace(name, is_lonely=ending == "街" and text in words),
                    )


def _moved(key: str) -> Mapping[str, City]:
    row = plain.a_map(CUES.get(key), f"place_cues.yaml: {key}")
    return {text: _city(plain.a_text(slug, text)) for text, slug in row.items()}


NAMES: Final = _gathered()
