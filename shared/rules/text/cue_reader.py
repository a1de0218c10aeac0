"""Which cues stand in a letter, and of what time does each speak? Pure, at a bounded cost.

A letter is read clause by clause. A clause without a word of time speaks of the same time as the
one before it: whoever begins with last year goes on telling of it, until `now` is said.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from shared.rules.text.cues import NEVER, Cue, vocabulary
from shared.rules.text.normalise import normal

Time: TypeAlias = Literal["now", "lately", "past", "if"]
"""`lately`: a day or two ago; `if`: it is supposed, asked about, planned, played or practised."""

NEGATION: Final = 8
"""Characters before a cue in which a negation is looked for, at most; of Han half as many."""
HANDLED: Final = "handled"
"""It is over, and somebody saw to it; denied, it says nothing."""
UNREPORTED: Final = "unreported"
"""The police don't know of it: what sounds `handled` in it is not."""
SUPPOSED: Final = frozenset(("if", "drill"))
"""What makes a supposition of the rest of its sentence."""

_HAN: Final = re.compile(r"[㐀-鿿]+")
_APART: Final = re.compile(r"(?<=[㐀-鿿])[ \t/·*_.-]+(?=[㐀-鿿])")
_HIDDEN: Final = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
_CLAUSE: Final = re.compile(r"[,;:!?。…\n、~—]|\.(?=\s|$)|\s-\s")
_SENTENCE: Final = re.compile(r"[。!?\n]|\.(?=\s|$)")
_ENDINGS: Final = frozenset("。!?\n.")
"""Of a clause, those with which a sentence ends as well."""
_OF_TIME: Final = SUPPOSED | {"now", "past", "lately", HANDLED}
_NOT: Final = re.compile(
    r"(没有|没|未|不|无|冇|唔|并非|没人|没有人|不用|不是|不会|不要|别"
    r"|\bno |\bnot |\bnever |n't |\bwithout |\bnobody )$"
)
_NOT_ENDS: Final = frozenset("没未不无冇唔非人有用是会要别 ")
"""With what each of them ends: seldom before a cue, and soon looked up."""


Place: TypeAlias = tuple[int, int, Cue]
"""Beginning, end, and the cue that stands there."""
Said: TypeAlias = tuple[int, Cue, bool]
"""Beginning, the cue that stands there, and whether it is denied."""


class Found(NamedTuple):
    """A cue that a text has; told once for each time that it speaks of, denied or not."""

    cue: Cue
    start: int
    """Its first place."""
    time: Time | None = None
    """None: no word of time stood before it."""
    is_denied: bool = False
    """A negation stands right before it."""


def text_of(subject: str, body: str) -> str:
    """Both in their normal form; Han characters that were set apart stand together again."""
    text = normal(f"{subject}\n{body}").replace("\u2019", "'")
    return _APART.sub("", _HIDDEN.sub("", text))


def weight_of(text: str) -> int:
    """How much a text says: its Han characters, and a third of the others."""
    han = sum(map(len, _HAN.findall(text)))
    return han + (len(text) - han) // 3


def read(text: str) -> tuple[Found, ...]:
    """The cues of a text that `text_of` made, clause by clause, none told twice."""
    first: dict[tuple[Cue, Time | None, bool], int] = {}
    for time, clause in _timed(text):
        for start, cue, is_denied in clause:
            first.setdefault((cue, time, is_denied), start)
    return tuple(
        Found(cue, start, time, is_denied) for (cue, time, is_denied), start in first.items()
    )


def _timed(text: str) -> Iterator[tuple[Time | None, list[Said]]]:
    """The cues of each clause that has any, and the time of which it speaks."""
    said = [
        (start, cue, _is_denied(text, start, cue)) for start, _, cue in _unhidden([*_places(text)])
    ]
    starts = [start for start, _, _ in said]
    time: Time | None = None
    supposed, at = False, 0
    for end, opens in _clauses(text):
        first, at = at, bisect_left(starts, end, at)
        supposed = supposed and not opens
        if clause := said[first:at]:
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
    """The end of each, and whether a sentence begins with it."""
    opens = True
    for mark in _CLAUSE.finditer(text):
        yield mark.end(), opens
        opens = mark.group() in _ENDINGS
    yield len(text), opens


def _places(text: str) -> Iterator[Place]:
    """By their beginnings."""
    for start, cue in vocabulary().standing_in(text):
        end = start + len(cue.first) if cue.is_bare else _end(cue, text, start)
        if end is not None:
            yield start, end, cue


def _end(cue: Cue, text: str, start: int) -> int | None:
    """Where the cue ends whose first part stands at `start`; None: it is another word there."""
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
    """Whether Latin letters stand on both sides of it."""
    around = text[max(0, place - 1) : place + 1]
    return len(around) == 2 and around.isascii() and around.isalpha()


def _is_denied(text: str, start: int, cue: Cue) -> bool:
    if text[start - 1] not in _NOT_ENDS:
        return False
    reach = NEGATION if cue.first[0].isascii() else NEGATION // 2
    return bool(_NOT.search(text, max(0, start - reach), start))


def _unhidden(places: list[Place]) -> list[Place]:
    """Those of which no end stands in what hides them."""
    hiding: dict[int, Place] = {}
    denying: set[int] = set()
    for one in places:
        if one[2].code == NEVER:
            hiding.update((at, one) for at in range(one[0], one[1]))
        elif one[2].code == UNREPORTED:
            denying.update(range(one[0], one[1]))
    return [
        one
        for one in places
        if one[2].code != NEVER
        and not (one[2].code == HANDLED and one[0] - 1 in denying)
        and not _hides(hiding.get(one[0]), one)
        and not _hides(hiding.get(one[1] - 1), one)
    ]


def _hides(never: Place | None, one: Place) -> bool:
    """Whether a cue has only a part of it, so that it is no cue there; one of more words is."""
    return never is not None and (never[0] < one[0] or one[1] < never[1])
