"""The verdict on a year: every letter ended, every level as it should be, nothing twice outward."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from shared.audit.reading import Archive
from shared.audit.running import Audit
from shared.audit.tally import AuditTally
from shared.contracts.progress_v1 import LetterDeclined, LetterReplied
from shared.contracts.topics import DEADLINES, DIVERTED, PROGRESS, PUBLISHED
from shared.contracts.vocabulary import SERVICES
from shared.kernel.letter_number import is_letter_number
from shared.kernel.working_days import GUANGDONG
from shared.platform.app.shell import LETTERS, LOG, PARKED
from shared.platform.kafka.bus import Outbound
from tests.shared.audit.town import Still
from tests.support.sealed_shell import read
from tests.year.calls import judge_calls, judge_problems
from tests.year.counting import EFFECTS, UNFIRED
from tests.year.judging import Times, judge
from tests.year.life import Lived
from tests.year.spans import Letter, Said, letter_of
from tests.year.watch import PROPOSALS, Message

ENDED = frozenset({"closed", "declined", "withdrawn"})
Told = Mapping[str, Sequence[Said]]


def verdict(lived: Lived) -> list[str]:
    """Everything that is wrong with the year, with the letter's number."""
    facts, fired = _said(lived, PROGRESS.name), _said(lived, DEADLINES.name)
    times = Times(lived.away, lived.ended_at)
    found: list[str] = []
    for number in sorted(lived.town.database("intake").collection(LETTERS).kept):
        if not is_letter_number(number):
            continue
        said, proposed = facts.get(number, ()), fired.get(number, ())
        letter = letter_of(number, said)
        wrong = [*_ended(letter, said), *judge(letter, said, proposed, times)]
        found += [f"{number} {one}" for one in wrong]
    return [*found, *_by_itself(lived, times), *_oldest_first(lived), *_at_night(lived)]


def _at_night(lived: Lived) -> Iterator[str]:
    """Messages that left between 21:00 and 09:00 and are no calls about a diversion."""
    for one in lived.messages:
        if not 9 <= one.at.astimezone(GUANGDONG).hour < 21 and "/page-" not in one.key:
            yield f"{one.key} left at {one.at.astimezone(GUANGDONG):%H:%M}"


def _by_itself(lived: Lived, times: Times) -> Iterator[str]:
    """Faults of the messages that the notifier sends by itself."""
    of_letter: defaultdict[str, list[Message]] = defaultdict(list)
    for one in lived.messages:
        of_letter[one.key.partition("/")[0]].append(one)
    for topic, judged in ((DIVERTED.name, judge_calls), (PUBLISHED.name, judge_problems)):
        for number, said in _said(lived, topic).items():
            found = judged(number, said, of_letter[number], times)
            yield from (f"{number} {one}" for one in found)


async def audited(lived: Lived) -> AuditTally:
    """Findings of the product's own audit, one hour after the end."""
    archives = [
        Archive(
            service,
            letters=lived.town.database(service).collection(LETTERS),
            moved=lived.town.database(service).collection(LOG),
            parked=lived.town.database(service).collection(PARKED),
        )
        for service in SERVICES
    ]
    at = lived.ended_at + timedelta(hours=1)
    audit = Audit(archives, Still(), now=lambda: at, wait=timedelta(), pause=timedelta())
    return await audit.run()


def kinds_said(lived: Lived) -> set[type[Any]]:
    """The kinds of facts that there were."""
    return {type(one.data) for said in _said(lived, PROGRESS.name).values() for one in said}


def _said(lived: Lived, topic: str) -> Told:
    """Events of each letter, each once, in order."""
    found: defaultdict[str, dict[int, Said]] = defaultdict(dict)
    for one in lived.town.broker.on(topic):
        said = read(Outbound(one.topic, one.key, one.value, one.headers))
        sequence = said.sequence or 0
        event = Said(said.time, said.id, said.cause or "", sequence, said.data)
        before = found[said.subject].setdefault(sequence, event)
        assert before == event, "one content for one number"
    return {name: [said[one] for one in sorted(said)] for name, said in found.items()}


def _ended(letter: Letter, facts: Sequence[Said]) -> Iterator[str]:
    """It ended in a reply, a refusal or a withdrawal, or is escalated to the last level."""
    answers = [one.data for one in facts if isinstance(one.data, LetterReplied | LetterDeclined)]
    if letter.state == "closed" and not any(isinstance(one, LetterReplied) for one in answers):
        yield "closed without a reply"
    if letter.state == "declined" and not any(isinstance(one, LetterDeclined) for one in answers):
        yield "declined without a reason"
    for span in letter.spans:
        clock = span.run[0]
        if span.until is not None or clock in UNFIRED:
            continue
        is_at_last = ("province", span.due_on) in letter.done.get(span.run, ())
        if clock in EFFECTS or not is_at_last:
            yield f"stands unfinished: {letter.state} {span.run}"
    if letter.state not in ENDED and not any(one.until is None for one in letter.spans):
        yield f"stands still: {letter.state}"


def _oldest_first(lived: Lived) -> Iterator[str]:
    """In each pass, what was due first is proposed first, within a letter and between letters.

    After a time without a notifier, what is recorded first was due first.
    """
    for one in lived.passes:
        for at, start, end in zip(PROPOSALS, one.before, one.after, strict=True):
            letters: dict[str, list[datetime]] = {}
            for record in lived.town.broker.standing.get(at, ())[start:end]:
                said = read(Outbound(record.topic, record.key, record.value, record.headers))
                letters.setdefault(said.subject, []).append(said.data.passed_at)
            if not all(_ascending(moments) for moments in letters.values()):
                yield f"newest first of one letter at {one.at}"
            if not _ascending([moments[0] for moments in letters.values()]):
                yield f"newest first of several letters at {one.at}"


def _ascending(moments: Sequence[datetime]) -> bool:
    return all(one <= other for one, other in pairwise(moments))


def is_excused(letter: str, code: str, lived: Lived) -> bool:
    """Whether the audit's finding was unavoidable, because no notifier ran at the next call."""
    said = _said(lived, DIVERTED.name).get(letter, ())
    if code != "not_paged" or not said:
        return False
    return any(
        one.is_alone and one.since <= said[-1].at and said[0].at < one.until for one in lived.away
    )


def told_twice(lived: Lived) -> list[str]:
    """Keys under which two different messages came to the gateway, or one was taken too often.

    One that it has taken comes once more only where its answer got lost.
    """
    contents: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in lived.messages:
        contents[one.key].add((one.to, one.text))
    found = [key for key, said in contents.items() if len(said) > 1]
    taken = Counter(one.key for one in lived.messages if one.is_taken and one.is_answered)
    return [*found, *(key for key, count in taken.items() if count > 1)]
