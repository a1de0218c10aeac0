"""The vocabulary of cues that are meaningful to triage, read from tables."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from shared.kernel import plain
from shared.rules.tables import table
from shared.rules.text.normalise import normal

TABLES: Final = ("danger", "frame", "crime", "other")
NEVER: Final = "never"
"""The code of words that hide cues starting or ending in them, such as a name that contains one."""
GAP_HAN: Final = 10
GAP_LATIN: Final = 30
"""Maximum characters between both parts of a cue."""
STRENGTHS: Final = ("words", "hints")
MOST: Final = 200
"""Maximum occurrences reported per first part, which bounds the cost."""


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """A text `first`, followed soon by `then` unless that is empty."""

    code: str
    first: str
    then: str = ""
    is_hint: bool = False
    """Whether it also occurs in letters of another kind."""
    any_ending: bool = False
    """For Latin letters: whether the word may continue."""
    is_latin: bool = False
    """Whether it starts with a Latin word; its first part may also end in one."""
    ends_latin: bool = False
    is_bare: bool = True
    """Whether it has one part without Latin ends, so that it matches anywhere."""
    reach: int = 0
    """Characters from its start within which both parts end."""
    kind: str = ""
    """The first word of its code with the dot; empty if the code is one word."""

    @property
    def text(self) -> str:
        """The cue as written in its table, except for blanks."""
        return f"{self.first}~{self.then}" if self.then else self.first


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All cues, found by their first parts in one pass over a text."""

    firsts: tuple[tuple[Cue, ...], ...]
    """The cues of each pattern of `finder`, in the order of the tables."""
    finder: AhoCorasick

    def standing_in(self, text: str) -> list[tuple[int, int, int]]:
        """Each pattern in the text with its start and end, by start; at most `MOST` of each."""
        matches: list[tuple[int, int, int]] = self.finder.find_matches_as_indexes(
            text, overlapping=True
        )
        matches.sort(key=itemgetter(1))
        return matches if len(matches) <= MOST else _bounded(matches)


def _bounded(matches: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    left = Counter[int]()
    found = []
    for match in matches:
        if left[match[0]] < MOST:
            left[match[0]] += 1
            found.append(match)
    return found


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of all tables. Raises: BadData."""
    found: dict[str, list[Cue]] = {}
    for name in TABLES:
        for cue in cues_of(table(f"triage_cues/{name}"), name):
            found.setdefault(cue.first, []).append(cue)
    finder = AhoCorasick(list(found), implementation=Implementation.ContiguousNFA)
    return Vocabulary(tuple(map(tuple, found.values())), finder)


def cues_of(data: Mapping[str, object], name: str) -> Iterator[Cue]:
    """Read the cues of a parsed table. Raises: BadData."""
    plain.only(data, "cues", where=name)
    for where, row in plain.rows(data.get("cues"), f"{name}: cues"):
        plain.only(row, "code", *STRENGTHS, where=where)
        code = plain.a_text(row.get("code"), f"{where}.code")
        for key in STRENGTHS:
            written = plain.maybe(row, key, where=where, read=plain.a_text) or ""
            for word in dict.fromkeys(written.split()):
                yield _cue(code, word, is_hint=key == "hints")


def _cue(code: str, written: str, *, is_hint: bool) -> Cue:
    first, _, then = normal(written.replace("_", " ")).partition("~")
    word = first.rstrip("*")
    latin, ends = (end.isascii() and end.isalpha() for end in (word[0], word[-1]))
    is_bare = not (then or latin or ends)
    reach = len(word) + (GAP_LATIN if word[0].isascii() else GAP_HAN) + len(then)
    kind = code[: code.find(".") + 1]
    return Cue(code, word, then, is_hint, first.endswith("*"), latin, ends, is_bare, reach, kind)
