"""Scenarios with repeated events, events out of order, and events of a later version."""

from datetime import datetime

from clients.bureau.check import invented
from clients.bureau.check.acting import MOST_AGAIN, asked_twice, has_accepted
from clients.bureau.check.cast import ASSIGNMENT, Cast
from clients.bureau.check.judged import NOTHING, fault_of_taking_up, taken_up
from clients.bureau.check.scenario import Scenario
from clients.bureau.check.scenarios import prompts
from clients.bureau.check.steps import LetSettle, Quiet, Say, SayAgain, Script, SendKeptBack, Until
from clients.bureau.check.strange import of_unknown_type, with_unknown_field
from clients.bureau.check.transcript import HeardRecord, Transcript
from clients.bureau.check.verdict import ScenarioVerdict, failed, passed
from shared.contracts.bilingual import Bilingual

FORMER = ASSIGNMENT - 1
"""The assignment that has already ended."""


def _duplicate(cast: Cast, at: datetime) -> Script:
    letter = cast.letter("duplicate")
    return (
        Say(letter, invented.assigned(cast.bureau, cast.code("duplicate"), at=at)),
        SayAgain(letter),
        prompts.accept(letter),
        Until(lambda seen: has_accepted(seen, letter)),
        SayAgain(letter),
        Quiet(unless=lambda seen: bool(asked_twice(seen, letter))),
    )


def _judge_duplicate(cast: Cast, seen: Transcript) -> ScenarioVerdict:
    letter = cast.letter("duplicate")
    twice = asked_twice(seen, letter)
    if twice:
        return failed(_TWICE.filled(letter=letter, kind=twice[0].kind))
    fault = fault_of_taking_up(seen, letter)
    return failed(fault) if fault is not None else passed(_ONCE.filled(letter=letter))


def _overtaken(cast: Cast, at: datetime) -> Script:
    """Number 3 comes first: the letter is back under a new assignment, the former one has ended."""
    letter, code = cast.letter("overtaken"), cast.code("overtaken")
    former = invented.assigned(cast.bureau, code, at=at, assignment=FORMER)
    over = invented.ended("rerouted", state="triage", holder="triage", assignment=FORMER)
    return (
        Say(letter, former, is_kept_back=True),
        Say(letter, over, is_kept_back=True),
        Say(letter, invented.assigned(cast.bureau, code, at=at)),
        LetSettle(),
        SendKeptBack(letter),
        prompts.accept(letter),
        Until(lambda seen: bool(_under(seen, letter, ASSIGNMENT))),
        Quiet(unless=lambda seen: _is_turned_back(seen, letter)),
    )


def _judge_overtaken(cast: Cast, seen: Transcript) -> ScenarioVerdict:
    letter = cast.letter("overtaken")
    if not seen.acts(letter):
        return failed(NOTHING.filled(letter=letter))
    if _is_turned_back(seen, letter) or not _under(seen, letter, ASSIGNMENT):
        return failed(_BACK.filled(letter=letter, former=FORMER, present=ASSIGNMENT))
    if len(_under(seen, letter, FORMER)) > 1 + MOST_AGAIN:
        return failed(_BACK.filled(letter=letter, former=FORMER, present=ASSIGNMENT))
    how = _ASKED if seen.asked_again(letter) else _WAITED
    return passed(how.filled(letter=letter, present=ASSIGNMENT))


def _under(seen: Transcript, letter: str, assignment: int) -> list[HeardRecord]:
    return [heard for heard in seen.acts(letter) if heard.assignment == assignment]


def _is_turned_back(seen: Transcript, letter: str) -> bool:
    """Whether the system acted on the old assignment after the new one."""
    said = [heard.assignment for heard in seen.acts(letter)]
    return ASSIGNMENT in said and FORMER in said[said.index(ASSIGNMENT) :]


def _unknown(cast: Cast, at: datetime) -> Script:
    letter = cast.letter("unknown")
    event = invented.assigned(cast.bureau, cast.code("unknown"), at=at)
    return (
        Say(letter, event, change=of_unknown_type),
        Say(letter, event, change=with_unknown_field),
        prompts.accept(letter),
        Until(lambda seen: has_accepted(seen, letter)),
    )


_TWICE = Bilingual(
    "{letter}：{kind} 以不同的 action_id 发了两次",
    "{letter}: {kind} came twice, under different action_ids",
)
_ONCE = Bilingual(
    "{letter}：同一记录来了三次，只办了一次", "{letter}: told three times, acted on once"
)
_BACK = Bilingual(
    "{letter}：按已结束的转办编号 {former} 办理，而不是现在的 {present}",
    "{letter}: acted on assignment {former}, which had ended, and not on {present}",
)
_WAITED = Bilingual(
    "{letter}：按转办编号 {present} 办理", "{letter}: acted on assignment {present} in the end"
)
_ASKED = Bilingual(
    "{letter}：请求重发，之后按转办编号 {present} 办理",
    "{letter}: asked for what was missing, and acted on assignment {present}",
)

SCENARIOS = (
    Scenario(
        "duplicate",
        Bilingual("重复的记录", "the same record twice"),
        Bilingual("只办一次：没有第二个 action_id", "acted on once: there is no second action_id"),
        Bilingual(
            "第 1 节：重发的记录编号相同，逐字节相同",
            "section 1: what is sent again is the same, byte for byte, with the same id",
        ),
        _duplicate,
        _judge_duplicate,
    ),
    Scenario(
        "overtaken",
        Bilingual("次序颠倒的记录", "records out of order"),
        Bilingual(
            "等缺的编号到来，或请求重发；始终以最大编号为准",
            "it waits for the missing numbers or asks for them; the highest number counts",
        ),
        Bilingual(
            "第 1 节：sequence 在每个主题上对每封信从 1 起连续；"
            "第 5 节：assignment.ended 之后那次转办不再有任何事",
            "section 1: sequence is dense per subject and topic from 1; section 5: after "
            "assignment.ended nothing more comes for it",
        ),
        _overtaken,
        _judge_overtaken,
    ),
    Scenario(
        "unknown",
        Bilingual("不认识的类型与字段", "an unknown type and an unknown field"),
        Bilingual("不理会它们，继续办理", "they are ignored, and the letter goes on"),
        Bilingual(
            "契约 v1：字段可以增加；不认识的类型忽略，编号照算",
            "contracts v1: a field may be added; an unknown type is ignored and its number counts",
        ),
        _unknown,
        lambda cast, seen: taken_up(seen, cast.letter("unknown")),
    ),
)
