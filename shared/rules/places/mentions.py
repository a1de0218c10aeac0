"""Mentions of places in a letter, with the role of each.

Longest names first: 城区 inside 江城区 is not matched. The words directly before and after a name
determine its role; adjacent names (梅州五华) share one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from shared.kernel import plain
from shared.kernel.errors import BadData
from shared.rules.places.gazetteer import CUES, NAMES, Name
from shared.rules.text.normalise import normal

MOST: Final = 200
"""Names that are read: no real letter has a tenth of that, and the cost must be bounded."""
LOOKS_BACK: Final = 24
LOOKS_ON: Final = 12
"""Characters around a name that may determine its role."""
JOINTS: Final = frozenset({"", "市", "省", "的", " ", ", "})
"""What may stand between names that belong together."""
LEADS_ON: Final = frozenset({"到", "至", "往", "回", "去", "转", "-", "—", "to"})
"""Between two names: the second is the destination."""
EDGES: Final = frozenset(" ,。.!?;:、)(\"'\n这那呢嗰某买读住开租")
"""Characters after a name that confirm it as a name where it might be a word."""
STOPS: Final = frozenset({"", "\n", "。", "!", "?", ",", ";"})
GOES_ON: Final = frozenset("我往")
"""How a sentence that starts with a place may continue."""
WORD: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_@")
JOINED: Final = frozenset("-.")
LONGEST_WORD: Final = 40


@dataclass(frozen=True, slots=True)
class Role:
    """The role of a place in the letter."""

    code: str
    factor: float
    """The share of its weight that a name keeps in this role."""
    left: tuple[str, ...]
    right: tuple[str, ...]


class Mention(NamedTuple):
    """An occurrence of a name; `start` and `end` are code points of the normal text."""

    name: Name
    start: int
    end: int
    role: str
    factor: float
    chain: int
    """The same for names that belong together."""
    is_set_off: bool
    """Whether its context shows that it is a name where it might be a word."""


PLAIN: Final = Role("named", 1.0, (), ())


def _roles() -> tuple[Role, ...]:
    rows = plain.a_map(CUES.get("roles"), "place_cues.yaml: roles")
    return tuple(_role(code, plain.a_map(row, code)) for code, row in rows.items())


def _role(code: str, cues: Mapping[str, object]) -> Role:
    left, right = (plain.texts(cues.get(key), f"{code}.{key}") for key in ("left", "right"))
    factor = cues.get("factor")
    if not isinstance(factor, float):
        raise BadData(f"place_cues.yaml: {code}.factor: a share is needed")
    return Role(
        code,
        factor,
        tuple(normal(cue).rstrip() for cue in left),
        tuple(normal(cue).lstrip() for cue in right),
    )


ROLES: Final = _roles()
PASSING: Final = next(role for role in ROLES if role.code == "passing")
_FOUND: Final = AhoCorasick(
    list(NAMES), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
)
_NAMES: Final = tuple(NAMES.values())


def mentions(text: str) -> list[Mention]:
    """The places named in a normal text, in order."""
    ended, found = -LOOKS_BACK, list[Mention]()
    is_ours = False
    for chain in _chains(islice(_real(text), MOST), text):
        leads_on = is_ours and text[max(ended, 0) : chain[0][1]].strip() in LEADS_ON
        found += _named(chain, text, leads_on=leads_on)
        ended, is_ours = chain[-1][2], found[-1].name.kind != "elsewhere"
    return found


_Match = tuple[int, int, int]


def _real(text: str) -> Iterator[_Match]:
    """The matches that are not part of a longer Latin word or address."""
    for number, start, end in _FOUND.find_matches_as_indexes(text):
        if _NAMES[number].kind == "none":
            continue
        if text[start].isascii() and not _is_word(text, start, end):
            continue
        yield number, start, end


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin name is a word of its own, and not part of an e-mail address."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before in WORD or after in WORD:
        return False
    if before in JOINED or after in JOINED:
        return "@" not in text[max(0, start - LONGEST_WORD) : end + LONGEST_WORD]
    return True


def _chains(found: Iterable[_Match], text: str) -> Iterator[list[_Match]]:
    chain: list[_Match] = []
    for match in found:
        if chain and text[chain[-1][2] : match[1]] not in JOINTS:
            yield chain
            chain = []
        chain.append(match)
    if chain:
        yield chain


def _named(chain: list[_Match], text: str, *, leads_on: bool) -> Iterator[Mention]:
    start, end = chain[0][1], chain[-1][2]
    left = text[max(0, start - LOOKS_BACK) : start].rstrip()
    left = left.removesuffix("省").removesuffix("广东").rstrip()
    role, is_set_off = _role_of(left, text[end : end + LOOKS_ON].lstrip())
    if leads_on:
        role = PASSING
    is_set_off = is_set_off or _is_set_off(text, start, end=end, role=role)
    for number, begin, stop in chain:
        yield Mention(_NAMES[number], begin, stop, role.code, role.factor, start, is_set_off)


def _is_set_off(text: str, start: int, *, end: int, role: Role) -> bool:
    """Whether the context confirms names: 在高明上班, 高明我们村, not 高明的人."""
    after = text[end : end + 1]
    if role is not PLAIN:
        return not after or after in EDGES
    return text[start - 1 : start] in STOPS and after in GOES_ON


def _role_of(left: str, right: str) -> tuple[Role, bool]:
    """The first role that fits, and whether the words after the name say so."""
    for role in ROLES:
        if right.startswith(role.right):
            return role, True
        if left.endswith(role.left):
            return role, False
    return PLAIN, False
