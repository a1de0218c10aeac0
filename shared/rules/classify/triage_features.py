"""Features of a letter for triage: a few, however many words it has.

Cues count by kind and number, not by their words: a rule that knows single letters by heart doesn't
generalise.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from shared.rules.text.cue_reader import HANDLED, Found

DANGER: Final = "danger."
POLICE: Final = "police."
CRIME: Final = "crime."
OTHER: Final = "other."
WHOSE: Final = "other.whose"
"""A question about responsibility, which is not a matter by itself."""
MOST: Final = 4
"""Maximum number of cues of a kind that count."""

LENGTHS: Final = (250, 500)
"""Lengths in Han characters, or three times as many others: long letters contain cues by chance."""
ORDINARY: Final = frozenset(
    {"police1", "crime1", "other1", "thanks", "advice", "process", "handled", "drill", "if"}
    | {"habit", "metaphor", "wants_case", "unreported", "tip", "papers"}
)
"""Most letters have at least one of these features; a letter with none is `plain`."""


def marks_of(found: Iterable[Found], *, subject: int, length: int) -> frozenset[str]:
    """The features of a letter of `length` characters whose subject ends at `subject`.

    `strong3` and the like mean "at least three different cues of that kind".
    """
    every = [*found]
    marks = frozenset(
        (
            *_of_danger(every),
            *_of_matters(every, subject),
            *_around(every),
            *(f"over{limit}" for limit in LENGTHS if length > limit),
        )
    )
    return marks if marks & ORDINARY else marks | {"plain"}


def live_dangers(found: Iterable[Found]) -> Iterator[str]:
    """The families of danger that are neither past, nor supposed, nor denied."""
    for cue_found in found:
        if (
            cue_found.cue.kind == DANGER
            and cue_found.time in (None, "now")
            and not cue_found.is_denied
        ):
            yield cue_found.cue.code


def _of_danger(found: list[Found]) -> Iterator[str]:
    dangers = [one for one in found if one.cue.kind == DANGER and not one.is_denied]
    live = [one for one in dangers if one.time in (None, "now")]
    yield from (f"danger.{one.time}" for one in dangers if one.time)
    yield from (f"strong.{one.time}" for one in dangers if one.time and not one.cue.is_hint)
    yield from _counted("strong", {one.cue.text for one in live if not one.cue.is_hint})
    yield from _counted("weak", {one.cue.text for one in live if one.cue.is_hint})
    yield from _counted("family", {one.cue.code for one in live})


def _of_matters(found: list[Found], subject: int) -> Iterator[str]:
    for kind in (POLICE, CRIME, OTHER):
        these = [
            one
            for one in found
            if one.cue.kind == kind
            and one.cue.code != WHOSE
            and not (kind == CRIME and one.is_denied)
        ]
        yield from _counted(kind[:-1], {one.cue.text for one in these})
        if any(one.start < subject for one in these):
            yield f"{kind}subject"


def _around(found: list[Found]) -> Iterator[str]:
    """The codes of cues that describe the circumstances."""
    kinds = {DANGER, POLICE, CRIME, OTHER}
    for one in found:
        if one.cue.code == HANDLED and one.is_denied:
            continue
        if one.cue.code == WHOSE or one.cue.kind not in kinds:
            yield one.cue.code


def _counted(name: str, different: set[str]) -> Iterator[str]:
    return (f"{name}{number}" for number in range(1, min(len(different), MOST) + 1))
