"""Which places does a letter name, and what is each named for? Pure.

Longest names first: 城区 inside 江城区 is none. What stands directly before and after
a name says its role; names that follow each other (梅州五华) share one.
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
"""Names that are looked at: no real letter has a tenth of that, and a flood must cost little."""
LOOKS_BACK: Final = 24
LOOKS_ON: Final = 12
"""Characters around a name that may say its role."""
JOINTS: Final = frozenset({"", "市", "省", "的", " ", ", "})
"""What may stand between names that belong together."""
LEADS_ON: Final = frozenset({"到", "至", "往", "回", "去", "转", "-", "—", "to"})
"""Between two names: the second is where the road leads."""
EDGES: Final = frozenset(" ,。.!?;:、)(\"'\n这那呢嗰某买读住开租")
"""What follows a name that is a name, where it might be a word."""
STOPS: Final = frozenset({"", "\n", "。", "!", "?", ",", ";"})
GOES_ON: Final = frozenset("我往")
"""What a sentence that begins with a place may go on with."""
WORD: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_@")
JOINED: Final = frozenset("-.")
LONGEST_WORD: Final = 40


@dataclass(frozen=True, slots=True)
class Role:
    """What a place is named for."""

    code: str
    factor: float
    """How much of its weight a name keeps in this role."""
    left: tuple[str, ...]
    right: tuple[str, ...]


class Mention(NamedTuple):
    """A name where it stands; `start` and `end` are code points of the normal text."""

    name: Name
    start: int
    end: int
    role: str
    factor: float
    chain: int
    """Names that belong together have the same."""
    is_set_off: bool
    """Whether its surroundings show that it is a name, if it might be a word."""


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
    """The places named in a normal text, in the order in which they stand."""
    ended, told = -LOOKS_BACK, list[Mention]()
    is_ours = False
    for chain in _chains(islice(_real(text), MOST), text):
        leads_on = is_ours and text[max(ended, 0) : chain[0][1]].strip() in LEADS_ON
        told += _named(chain, text, leads_on=leads_on)
        ended, is_ours = chain[-1][2], told[-1].name.kind != "elsewhere"
    return told


_Match = tuple[int, int, int]


def _real(text: str) -> Iterator[_Match]:
    """Those that are no part of a longer Latin word or address."""
    for number, start, end in _FOUND.find_matches_as_indexes(text):
        if _NAMES[number].kind == "none":
            continue
        if text[start].isascii() and not _is_word(text, start, end):
            continue
        yield number, start, end


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin name is a word of its own, and no part of an address of e-mail."""
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
    """Whether what stands around shows names to be some: 在高明上班, 高明我们村, not 高明的人."""
    after = text[end : end + 1]
    if role is not PLAIN:
        return not after or after in EDGES
    return text[start - 1 : start] in STOPS and after in GOES_ON


def _role_of(left: str, right: str) -> tuple[Role, bool]:
    """The first that fits, and whether what follows says so."""
    for role in ROLES:
        if right.startswith(role.right):
            return role, True
        if left.endswith(role.left):
            return role, False
    return PLAIN, False
