"""Cues in a letter, with the time of which each speaks; at a bounded cost.

A letter is read clause by clause. A clause without a time word continues the time of the previous
one: a letter that starts with last year goes on about it until `now` occurs.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from shared.rules.text.cues import NEVER, Cue, vocabulary
from shared.rules.text.normalise import normal

Time: TypeAlias = Literal["now", "lately", "past", "if"]
"""`lately`: a day or two ago; `if`: supposed, asked, planned, played or practised."""

NEGATION: Final = 8
"""Maximum characters before a cue that may contain its negation; half as many for Han."""
HANDLED: Final = "handled"
"""It is over, and somebody took care of it; ignored if denied."""
UNREPORTED: Final = "unreported"
"""The police don't know about it; cancels an overlapping `handled`."""
SUPPOSED: Final = frozenset(("if", "drill"))
"""Codes that turn the rest of their sentence into a supposition."""

_HAN: Final = re.compile(r"[㐀-鿿]+")
_APART: Final = re.compile(r"(?<=[㐀-鿿])[ \t/·*_.-]+(?=[㐀-鿿])")
_HIDDEN: Final = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
_CLAUSE: Final = re.compile(r"[,;:!?。…\n、~—]|\.(?=\s|$)|\s-\s")
_SENTENCE: Final = re.compile(r"[。!?\n]|\.(?=\s|$)")
_ENDINGS: Final = frozenset("。!?\n.")
"""The clause endings that also end a sentence."""
_OF_TIME: Final = SUPPOSED | {"now", "past", "lately", HANDLED}
_NOT: Final = re.compile(
    r"(没有|没|未|不|无|冇|唔|并非|没人|没有人|不用|不是|不会|不要|别"
    r"|\bno |\bnot |\bnever |n't |\bwithout |\bnobody )$"
)
_NOT_ENDS: Final = frozenset("没未不无冇唔非人有用是会要别 ")
"""Last characters of negations: rarely before a cue, and quick to check."""


Place: TypeAlias = tuple[int, int, Cue]
"""Start and end of a cue, and the cue."""
Said: TypeAlias = tuple[int, Cue, bool]
"""Start of a cue, the cue, and whether it is denied."""


class Found(NamedTuple):
    """A cue in a text, once for each time of which it speaks, denied or not."""

    cue: Cue
    start: int
    """Its first occurrence."""
    time: Time | None = None
    """None: no time word came before it."""
    is_denied: bool = False
    """A negation stands right before it."""


def text_of(subject: str, body: str) -> str:
    """Subject and body in normal form, with separated Han characters joined again."""
    text = normal(f"{subject}\n{body}").replace("\u2019", "'")
    return _APART.sub("", _HIDDEN.sub("", text))


def weight_of(text: str) -> int:
    """The length of a text: its Han characters, and a third of the others."""
    han = sum(map(len, _HAN.findall(text)))
    return han + (len(text) - han) // 3


def read(text: str) -> tuple[Found, ...]:
    """The cues of a text made by `text_of`, clause by clause, without repetition."""
    first: dict[tuple[Cue, Time | None, bool], int] = {}
    for time, clause in _timed(text):
        for start, cue, is_denied in clause:
            first.setdefault((cue, time, is_denied), start)
    return tuple(
        Found(cue, start, time, is_denied) for (cue, time, is_denied), start in first.items()
    )


def _timed(text: str) -> Iterator[tuple[Time | None, list[Said]]]:
    """The cues of each clause that has any, with the time of which it speaks."""
    denied_cues = [
        (start, cue, _is_denied(text, start, cue)) for start, _, cue in _unhidden([*_places(text)])
    ]
    starts = [start for start, _, _ in denied_cues]
    time: Time | None = None
    supposed, at = False, 0
    for end, opens in _clauses(text):
        first, at = at, bisect_left(starts, end, at)
        supposed = supposed and not opens
        if clause := denied_cues[first:at]:
            codes = {
                cue.code
                for _, cue, is_denied in clause
                if cue.code in _OF_TIME and not (is_denied and cue.code == HANDLED)
            }
            time = _time(codes) or time
            supposed = supposed or not codes.isdisjoint(SUPPOSED)
            yield ("if" if supposed else time), clause


def _time(codes: set[str]) -> Time | None:
    if "now" in codes:
        return "now"
    if codes & {"past", HANDLED}:
        return "past"
    return "lately" if "lately" in codes else None


def _clauses(text: str) -> Iterator[tuple[int, bool]]:
    """The end of each clause, and whether it starts a sentence."""
    opens = True
    for mark in _CLAUSE.finditer(text):
        yield mark.end(), opens
        opens = mark.group() in _ENDINGS
    yield len(text), opens


def _places(text: str) -> Iterator[Place]:
    """The places of cues, by their start."""
    for start, cue in vocabulary().standing_in(text):
        end = start + len(cue.first) if cue.is_bare else _end(cue, text, start)
        if end is not None:
            yield start, end, cue


def _end(cue: Cue, text: str, start: int) -> int | None:
    """Where the cue with its first part at `start` ends; None if it doesn't match there."""
    end = start + len(cue.first)
    if cue.is_latin and _is_inside_word(text, start):
        return None
    if cue.ends_latin and not cue.any_ending and _is_inside_word(text, end):
        return None
    if not cue.then:
        return end
    then = text.find(cue.then, end, start + cue.reach)
    return None if then < 0 or _SENTENCE.search(text, end, then) else then + len(cue.then)


def _is_inside_word(text: str, place: int) -> bool:
    """Whether there are Latin letters on both sides of the place."""
    around = text[max(0, place - 1) : place + 1]
    return len(around) == 2 and around.isascii() and around.isalpha()


def _is_denied(text: str, start: int, cue: Cue) -> bool:
    if text[start - 1] not in _NOT_ENDS:
        return False
    reach = NEGATION if cue.first[0].isascii() else NEGATION // 2
    return bool(_NOT.search(text, max(0, start - reach), start))


def _unhidden(places: list[Place]) -> list[Place]:
    """The cues that no hiding word hides; hiding words themselves are left out."""
    hiding: dict[int, Place] = {}
    denying: set[int] = set()
    for place in places:
        if place[2].code == NEVER:
            hiding.update((at, place) for at in range(place[0], place[1]))
        elif place[2].code == UNREPORTED:
            denying.update(range(place[0], place[1]))
    return [
        place
        for place in places
        if place[2].code != NEVER
        and not (place[2].code == HANDLED and place[0] - 1 in denying)
        and not _hides(hiding.get(place[0]), place)
        and not _hides(hiding.get(place[1] - 1), place)
    ]


def _hides(never: Place | None, place: Place) -> bool:
    """Whether the hiding word extends beyond the cue, which is then no cue there."""
    return never is not None and (never[0] < place[0] or place[1] < never[1])
