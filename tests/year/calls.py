"""The notifier's own messages: calls about diversions, levels of publications' problems."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.contracts.diverted_v1 import DutySeen, LetterDiverted
from shared.contracts.published_v1 import PublicationProblemDecided, PublicationProblemReported
from tests.year.counting import Question, dated
from tests.year.days import day_of
from tests.year.judging import MINUTE, SHORT, Times
from tests.year.spans import Said
from tests.year.watch import Message

EVERY = timedelta(minutes=5)
"""Between two calls about an unseen diversion."""
QUIET = timedelta(hours=12)
"""How long messages about a level may wait for quiet hours to end."""


def judge_calls(
    _: str, said: Sequence[Said], messages: Sequence[Message], times: Times
) -> Iterator[str]:
    """All that is wrong with the calls about one diversion."""
    diverted = next(one for one in said if isinstance(one.data, LetterDiverted))
    seen = next(one for one in said if isinstance(one.data, DutySeen))
    calls: dict[int, datetime] = {}
    for one in messages:
        page = one.key.partition(f"{diverted.id}/page-")[2]
        if page:
            calls.setdefault(int(page.partition("/")[0]), one.at)
    moments = [calls[page] for page in sorted(calls)]
    if sorted(calls) != list(range(1, len(calls) + 1)) or moments != sorted(moments):
        yield f"called out of turn: {sorted(calls)}"
    if any(one.since <= seen.at and diverted.at < one.until + MINUTE for one in times.away):
        return
    expected = [
        diverted.at + EVERY * count for count in range((seen.at - diverted.at) // EVERY + 1)
    ]
    if len(expected) != len(moments) or any(
        not -SHORT <= at - due <= MINUTE for at, due in zip(moments, expected, strict=True)
    ):
        yield f"called otherwise than every five minutes: {len(moments)} of {len(expected)}"


def judge_problems(
    number: str, said: Sequence[Said], messages: Sequence[Message], times: Times
) -> Iterator[str]:
    """Faults of the editors' messages about problems with one publication."""
    ended: dict[str, datetime] = {
        one.data.problem: one.at for one in said if isinstance(one.data, PublicationProblemDecided)
    }
    for one in said:
        fact: Any = one.data
        if not isinstance(fact, PublicationProblemReported):
            continue
        until = ended.get(fact.problem)
        counted = dated(Question("publication_problem", day_of(one.at)))
        for level, at in counted.levels.items():
            prefix = f"{number}/{one.id}/{level}/editors"
            told = [message.at for message in messages if message.key.startswith(prefix)]
            latest = times.latest(at, since=one.at)
            if not told and (until or times.ended_at) > latest:
                yield f"editors not told: {fact.problem} {level}"
            if told and (min(told) < at - SHORT or min(told) > latest + QUIET):
                yield f"editors told at the wrong time: {fact.problem} {level}"
            if told and until is not None and until <= at and not _unheard(until, told, times):
                yield f"editors told of what was decided: {fact.problem} {level}"


def _unheard(until: datetime, told: Sequence[datetime], times: Times) -> bool:
    """Whether it was decided while no notifier ran, and sent by one that reads slowly.

    A restarted notifier begins after a while even if it hasn't read everything by then.
    """
    return any(
        one.is_alone and one.since <= until <= one.until <= min(told) <= one.until + MINUTE
        for one in times.away
    )
