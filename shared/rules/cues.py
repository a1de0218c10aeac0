"""Which words mean something to a rule, and what? The vocabulary, read from tables. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from shared.kernel import plain
from shared.rules.normal import normal
from shared.rules.tables import table

TABLES: Final = ("danger", "frame", "crime", "other")
NEVER: Final = "never"
"""What hides cues that begin or end in it, such as a name that has one in it."""
STRENGTHS: Final = ("words", "hints")


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """`first`, and soon after it `then` where that isn't empty."""

    code: str
    first: str
    then: str = ""
    is_hint: bool = False
    """It also stands in letters of another kind."""
    any_ending: bool = False
    """For Latin letters: the word may go on."""

    @property
    def text(self) -> str:
        """The cue as its table has it, but for blanks."""
        return f"{self.first}~{self.then}" if self.then else self.first


@cache
def vocabulary() -> Mapping[str, tuple[Cue, ...]]:
    """Every cue by its first two characters, or its only one. Raises: BadData.

    Two characters also have the cues of the first of them alone.
    """
    found: dict[str, list[Cue]] = {}
    for name in TABLES:
        for cue in cues_of(table(f"triage_cues/{name}"), name):
            found.setdefault(cue.first[:2], []).append(cue)
    return {start: (*cues, *_of_one(found, start)) for start, cues in found.items()}


def _of_one(found: Mapping[str, list[Cue]], start: str) -> list[Cue]:
    return found.get(start[0], []) if len(start) > 1 else []


def cues_of(data: Mapping[str, object], name: str) -> Iterator[Cue]:
    """The cues of a parsed table. Raises: BadData."""
    plain.only(data, "cues", where=name)
    for where, row in plain.rows(data.get("cues"), f"{name}: cues"):
        plain.only(row, "code", *STRENGTHS, where=where)
        code = plain.a_text(row.get("code"), f"{where}.code")
        for key in STRENGTHS:
            written = plain.maybe(row, key, where=where, read=plain.a_text) or ""
            for word in dict.fromkeys(written.split()):
                yield _cue(code, word, is_hint=key == "hints")


def _cue(code: str, word: str, *, is_hint: bool) -> Cue:
    first, _, then = normal(word.replace("_", " ")).partition("~")
    return Cue(code, first.rstrip("*"), then, is_hint, first.endswith("*"))
