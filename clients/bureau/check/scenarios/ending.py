"""Scenarios in which a letter leaves the bureau while the bureau works on it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

from clients.bureau.check import invented
from clients.bureau.check.acting import goes_on, has_accepted, most_after_refusal
from clients.bureau.check.cast import Cast
from clients.bureau.check.judged import NOTHING
from clients.bureau.check.scenario import Scenario
from clients.bureau.check.scenarios import prompts
from clients.bureau.check.steps import AddCue, Prompt, Quiet, Say, Script, Until
from clients.bureau.check.transcript import Transcript
from clients.bureau.check.verdict import ScenarioVerdict, failed, not_seen, passed
from shared.contracts.bilingual import Bilingual

Why: TypeAlias = Literal["withdrawn", "recalled"]

_TRY = Bilingual(
    "{letter} 已不在本局：请照常再办一步。系统应当阻止，或在一次拒绝后停止。",
    "{letter} is no longer yours: try one more step with it. Your system should not let you, or "
    "stop after one refusal.",
)
_SILENT = Bilingual("{letter}：结束后没有再发动作", "{letter}: no action came after its end")
_STOPPED = Bilingual(
    "{letter}：结束后发来 {count} 个动作，被拒绝后停止",
    "{letter}: after its end came {count}, refused, and that was all",
)
_ENDLESS = Bilingual(
    "{letter}：结束后同一动作被拒绝，又发了 {count} 次",
    "{letter}: refused after its end, the same was asked {count} times more",
)
_CONTRACT = Bilingual(
    "第 5 节：assignment.ended 之后，那次转办不再有任何事；对它的动作以 not_held 拒绝",
    "section 5: after assignment.ended nothing more comes for it; actions are refused, not_held",
)


def _script(why: Why, cast: Cast, at: datetime) -> Script:
    letter = cast.letter(why)
    return (
        Say(letter, invented.assigned(cast.bureau, cast.code(why), at=at)),
        prompts.accept(letter),
        Until(lambda seen: has_accepted(seen, letter)),
        *_end(why, cast),
        AddCue(why),
        Prompt(_TRY.filled(letter=letter)),
        Quiet(unless=lambda seen: goes_on(seen, letter)),
    )


def _end(why: Why, cast: Cast) -> tuple[Say, ...]:
    letter = cast.letter(why)
    if why == "recalled":
        return (Say(letter, invented.ended(why, state="triage", holder="triage")),)
    over = invented.ended(why, state="withdrawn", holder=cast.bureau)
    return Say(letter, invented.withdrawn(cast.bureau)), Say(letter, over)


def _judge(why: Why, cast: Cast, seen: Transcript) -> ScenarioVerdict:
    letter = cast.letter(why)
    if not seen.acts(letter):
        return not_seen(NOTHING.filled(letter=letter))
    if goes_on(seen, letter):
        count = most_after_refusal(seen, letter)
        return failed(_ENDLESS.filled(letter=letter, count=count))
    after = len(seen.since(why).acts(letter))
    return passed((_STOPPED if after else _SILENT).filled(letter=letter, count=after))


def _scenario(why: Why, title: Bilingual) -> Scenario:
    judge: Callable[[Cast, Transcript], ScenarioVerdict] = partial(_judge, why)
    expected = Bilingual(
        "此后不再办理；若有动作，被拒绝后即停", "nothing more is asked, or it stops at a refusal"
    )
    return Scenario(why, title, expected, _CONTRACT, partial(_script, why), judge)


SCENARIOS = (
    _scenario("withdrawn", Bilingual("办理中被撤回", "withdrawn while it is handled")),
    _scenario("recalled", Bilingual("办理中被省厅收回", "recalled while it is handled")),
)
