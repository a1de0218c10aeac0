"""The city where a matter arose, as read from a letter's words, with confidence and reasons.

A finer name beats a city's: 珠海坦洲 is Zhongshan's. Where the writer lives, was born or passes
counts less than where it happened; a name that is also a word counts only beside another name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from shared.contracts.slugs import Bureau, City
from shared.contracts.vocabulary import TriageReason
from shared.rules.places.hints import hint
from shared.rules.places.mentions import Mention, mentions
from shared.rules.places.province import provincial

WEIGHTS: Final[Mapping[str, float]] = {
    "city": 2.0,
    "district": 3.0,
    "town": 2.5,
    "landmark": 2.5,
    "elsewhere": 2.0,
}
IN_SUBJECT: Final = 1.5
REST: Final = 0.6
"""Factor of every further name of the same city."""
FALSE_LEAD: Final = 0.3
"""Factor of a city to which the writer wrongly assigns a place of another city."""
UNSURE: Final = 1.2
"""Weight of a name shared by several cities, for each that something else supports."""
BARE: Final = 0.6
"""Factor of a town's name that may be parts of two other words (异地派人)."""
LIKELY: Final = 1.6
"""Weight of a shared name for its best-known city, if nothing supports any."""
CLOSE: Final = 0.72
"""If the second city exceeds this share of the first, the two conflict."""
ELSEWHERE: Final = 0.9
"""If a place outside reaches this share of the first city, the city is open."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a matter arose, according to the words."""

    bureau: Bureau | None = None
    confidence: float = 0.0
    """0 to 1."""
    reasons: tuple[TriageReason, ...] = ()
    """Why there is no bureau."""
    evidence: tuple[str, ...] = ()
    """Codes, never words."""
    suggestion: Bureau | None = None
    """The likeliest bureau, if none is certain."""


def placed(text: str, *, subject_ends: int) -> Placed:
    """The place of a normal text, whose subject is its first `subject_ends` code points."""
    found = mentions(text)
    scores, evidence = _scores(found, subject_ends) if found else ({}, {})
    away = scores.pop("elsewhere", 0.0)
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    best = ranked[0][1] if ranked else 0.0
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    whole = provincial(text, best=best, second=second)
    if whole is not None:
        return Placed("province", whole.confidence, evidence=(whole.code,))
    if not ranked:
        return _nowhere(found, text)
    return _chosen(ranked, away, evidence)


def _chosen(
    ranked: list[tuple[str, float]], away: float, evidence: Mapping[str, tuple[str, ...]]
) -> Placed:
    slug, best = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    city = cast("City", slug)  # `elsewhere` was removed
    share = best / (best + max(second, away, 0.3))
    codes = evidence.get(slug, ())
    if second > best * CLOSE:
        return Placed(None, share, ("conflict_of_places",), codes, city)
    if away >= best * ELSEWHERE:
        return Placed(None, share, ("low_confidence",), codes, None)
    return Placed(city, round(min(1.0, share), 3), (), codes)


def _nowhere(found: list[Mention], text: str) -> Placed:
    """No name indicates a city: give the reason, and what numbers hint at."""
    found_hint = hint(text)
    suggestion, codes = (found_hint.city, (found_hint.code,)) if found_hint else (None, ())
    if any(len(mention.name.cities) > 1 or mention.name.is_lonely for mention in found):
        return Placed(None, 0.0, ("ambiguous_place",), codes, suggestion)
    reason: TriageReason = "low_confidence" if found_hint else "no_place"
    return Placed(None, 0.0, (reason,), codes, suggestion)


def _scores(
    found: list[Mention], subject_ends: int
) -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
    weights = _weighed(found, subject_ends)
    scores: dict[str, float] = {}
    codes: dict[str, tuple[str, ...]] = {}
    for slug, names in weights.items():
        ordered = sorted(names.values(), reverse=True)
        scores[slug] = ordered[0] + REST * sum(ordered[1:])
        codes[slug] = tuple(sorted(names))[:8]
    return scores, codes


def _weighed(found: list[Mention], subject_ends: int) -> dict[str, dict[str, float]]:
    """For each city, by evidence code, the weight of its best name of that kind and role."""
    firm = _firm(found)
    false = _false_leads(found, firm)
    is_away = any(mention.name.kind == "elsewhere" for mention in found)
    weights: dict[str, dict[str, float]] = {}
    for mention in found:
        if is_away and _has_a_twin(mention):
            continue
        for slug, base in _says(mention, firm):
            misled = FALSE_LEAD if mention.name.kind == "city" and slug in false else 1.0
            weight = base * misled * (IN_SUBJECT if mention.start < subject_ends else 1.0)
            code = f"place.{mention.name.kind}.{mention.role}"
            names = weights.setdefault(slug, {})
            names[code] = max(names.get(code, 0.0), weight)
    return weights


def _firm(found: Iterable[Mention]) -> set[City]:
    """Cities indicated by an unambiguous name, or by the only city two adjacent names share."""
    firm, before = set[City](), None
    for mention in found:
        if len(mention.name.cities) == 1 and not mention.name.is_lonely:
            firm.add(mention.name.cities[0])
        elif before is not None and before.chain == mention.chain:
            shared = set(before.name.cities) & set(mention.name.cities)
            firm |= shared if len(shared) == 1 else set()
        before = mention
    return firm


def _says(one: Mention, firm: set[City]) -> list[tuple[str, float]]:
    name, weight = one.name, WEIGHTS[one.name.kind] * one.factor
    if name.kind == "town" and one.role == "named" and not one.is_set_off:
        weight *= BARE
    if name.kind == "elsewhere":
        return [("elsewhere", weight)]
    backed = [city for city in name.cities if city in firm]
    if name.is_lonely:
        if backed:
            return [(city, weight) for city in backed]
        return [(name.likely or name.cities[0], weight * 0.5)] if _stands(one) else []
    if len(name.cities) == 1:
        return [(name.cities[0], weight)]
    if backed:
        return [(city, UNSURE * one.factor) for city in backed]
    return [(name.likely, LIKELY * one.factor)] if name.likely else []


def _has_a_twin(one: Mention) -> bool:
    """Whether another province has a district of the same name (白云区 of 贵阳)."""
    return one.name.is_lonely and one.name.kind == "district" and one.end - one.start > 2


def _stands(one: Mention) -> bool:
    """Whether an ambiguous district is meant as a place: 在高明上班, but not 光明的未来."""
    if one.name.kind == "town":
        return one.is_set_off and one.name.likely is not None
    return one.is_set_off and one.name.kind == "district" and one.end - one.start == 2


def _false_leads(found: list[Mention], firm: set[City]) -> set[City]:
    """Cities named directly before a finer place of another city."""
    if len(found) < 2:
        return set()
    chains: dict[int, list[Mention]] = {}
    for mention in found:
        chains.setdefault(mention.chain, []).append(mention)
    return {city for chain in chains.values() for city in _misled(chain, firm)}


def _misled(chain: list[Mention], firm: set[City]) -> set[City]:
    cities = {mention.name.cities[0] for mention in chain if mention.name.kind == "city"}
    finer = {
        mention.name.cities[0]
        for mention in chain
        if mention.name.kind in ("district", "town", "landmark")
        and len(mention.name.cities) == 1
        and (not mention.name.is_lonely or mention.name.cities[0] in firm)
    }
    return cities - finer if finer else set()
