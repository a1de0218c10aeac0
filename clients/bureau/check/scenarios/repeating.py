"""Scenarios about repeated actions: without an answer, and after a refusal."""

from datetime import datetime

from clients.bureau.check import invented
from clients.bureau.check.acting import goes_on, has_accepted, most_after_refusal
from clients.bureau.check.cast import Cast
from clients.bureau.check.judged import NOTHING
from clients.bureau.check.scenario import Scenario
from clients.bureau.check.scenarios import prompts
from clients.bureau.check.steps import Prepare, Quiet, Say, Script, Until
from clients.bureau.check.transcript import Transcript
from clients.bureau.check.verdict import ScenarioVerdict, failed, not_seen, passed
from shared.contracts.bilingual import Bilingual

REPEAT_S = 30.0
"""Seconds after which an action is due again: ten, plus some for a busy machine."""


def _unanswered(cast: Cast, at: datetime) -> Script:
    letter = cast.letter("unanswered")
    return (
        Prepare(letter, silent_for=1),
        Say(letter, invented.assigned(cast.bureau, cast.code("unanswered"), at=at)),
        prompts.accept(letter),
        Until(lambda seen: has_accepted(seen, letter)),
        Until(lambda seen: len(seen.acts(letter)) > 1, at_least_s=REPEAT_S),
    )


def _judge_unanswered(cast: Cast, seen: Transcript) -> ScenarioVerdict:
    letter = cast.letter("unanswered")
    acts = seen.acts(letter)
    if not acts:
        return not_seen(NOTHING.filled(letter=letter))
    if sum(heard.action_id == acts[0].action_id for heard in acts) > 1:
        return passed(_AGAIN.filled(letter=letter))
    if any(heard.content == acts[0].content for heard in acts[1:]):
        return failed(_RENAMED.filled(letter=letter))
    return failed(_LOST.filled(letter=letter, kind=acts[0].kind))


def _refused(cast: Cast, at: datetime) -> Script:
    letter = cast.letter("refused")
    return (
        Prepare(letter, refuses="not_allowed"),
        Say(letter, invented.assigned(cast.bureau, cast.code("refused"), at=at)),
        prompts.accept(letter),
        Until(lambda seen: bool(seen.acts(letter))),
        Quiet(unless=lambda seen: goes_on(seen, letter)),
    )


def _judge_refused(cast: Cast, seen: Transcript) -> ScenarioVerdict:
    letter = cast.letter("refused")
    if not any(seen.refusals(letter)):
        return not_seen(NOTHING.filled(letter=letter))
    count = most_after_refusal(seen, letter)
    if goes_on(seen, letter):
        return failed(_ENDLESS.filled(letter=letter, count=count))
    return passed(_TAKEN.filled(letter=letter))


_AGAIN = Bilingual(
    "{letter}：没有答复，以同一 action_id 重发",
    "{letter}: unanswered, sent again under the same id",
)
_RENAMED = Bilingual(
    "{letter}：没有答复，却以新的 action_id 重发",
    "{letter}: unanswered, and sent again under a new action_id",
)
_LOST = Bilingual(
    "{letter}：{kind} 没有答复，半分钟内没有重发",
    "{letter}: {kind} was not answered, and not sent again within half a minute",
)
_TAKEN = Bilingual("{letter}：被拒绝后不再重复", "{letter}: refused, and not repeated")
_ENDLESS = Bilingual(
    "{letter}：被拒绝后同一动作又发了 {count} 次",
    "{letter}: after its refusal the same was asked {count} times more",
)

SCENARIOS = (
    Scenario(
        "unanswered",
        Bilingual("没有答复", "no answer"),
        Bilingual(
            "十秒后以同一 action_id 重发", "sent again after ten seconds, with the same action_id"
        ),
        Bilingual(
            "第 5 节：十秒内没有 action.applied 或 action.refused 的动作，以同一 action_id 重发",
            "section 5: an action without action.applied or action.refused after ten seconds is "
            "sent again with the same action_id",
        ),
        _unanswered,
        _judge_unanswered,
    ),
    Scenario(
        "refused",
        Bilingual("被拒绝的动作", "an action that is refused"),
        Bilingual("不以新编号没完没了地重复", "it is not repeated without end under new ids"),
        Bilingual(
            "第 5 节：action.refused 即是答复：所要求的没有执行，code 说明原因",
            "section 5: action.refused is the answer: it is not done, and code says why",
        ),
        _refused,
        _judge_refused,
    ),
)
