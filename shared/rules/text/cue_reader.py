"""Cues in a letter, with the time of which each speaks; at a bounded cost.

A letter is read clause by clause. A clause without a time word continues the time of the previous
one: a letter that starts with last year goes on about it until `now` occurs.
"""

import re
from bisect import bisect_left, bisect_right
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
_APART: Final = re.compile(r"[ \t/·*_.-](?<=[㐀-鿿].)[ \t/·*_.-]*(?=[㐀-鿿])")
_HIDDEN: Final = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
_CLAUSE: Final = re.compile(
    r"[,;:!?。…\n、~—.\s](?:(?<=[,;:!?。…\n、~—])|(?<=\.)(?=\s|$)|(?<=\s)-\s)"
)
"""Like `_APART`, it begins with a class of characters, which is searched several times faster."""
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
    cues = [
        (start, cue, text[start - 1] in _NOT_ENDS and _is_denied(text, start, cue))
        for start, _, cue in _unhidden(_places(text))
    ]
    starts = [start for start, _, _ in cues]
    clauses, sentences = _ends(text)
    time: Time | None = None
    supposed, sentence, at = False, 0, 0
    while at < len(cues):
        first, at = at, bisect_left(starts, clauses[bisect_right(clauses, starts[at])], at)
        clause, before = cues[first:at], sentence
        sentence = bisect_right(sentences, starts[first])
        supposed = supposed and sentence == before
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


def _ends(text: str) -> tuple[list[int], list[int]]:
    """Where each clause ends, and where each sentence does."""
    clauses, sentences = list[int](), list[int]()
    for mark in _CLAUSE.finditer(text):
        clauses.append(mark.end())
        if mark.group() in _ENDINGS:
            sentences.append(mark.end())
    return [*clauses, len(text)], sentences


def _places(text: str) -> list[Place]:
    """The places of cues, by their start."""
    firsts, found = vocabulary().firsts, list[Place]()
    for pattern, start, first_ends in vocabulary().standing_in(text):
        for cue in firsts[pattern]:
            if cue.is_bare:
                found.append((start, first_ends, cue))
            elif (then := text.find(cue.then, first_ends, start + cue.reach)) >= 0:
                end = _end(cue, text, (start, first_ends, then))
                found += [] if end is None else [(start, end, cue)]
    return found


def _end(cue: Cue, text: str, at: tuple[int, int, int]) -> int | None:
    """Where a cue ends; None if it is inside another word, or goes beyond its sentence.

    `at`: the start and the end of its first part, and the start of its second.
    """
    start, end, then = at
    if cue.is_latin and _is_inside_word(text, start):
        return None
    if cue.ends_latin and not cue.any_ending and _is_inside_word(text, end):
        return None
    if not cue.then:
        return end
    return None if _SENTENCE.search(text, end, then) else then + len(cue.then)


def _is_inside_word(text: str, place: int) -> bool:
    """Whether there are Latin letters on both sides of the place."""
    around = text[max(0, place - 1) : place + 1]
    return len(around) == 2 and around.isascii() and around.isalpha()


def _is_denied(text: str, start: int, cue: Cue) -> bool:
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
    if not (hiding or denying):
        return places
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
