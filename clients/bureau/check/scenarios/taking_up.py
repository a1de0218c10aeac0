"""Everyday scenarios: a letter is accepted and its words are read."""

from datetime import datetime

from clients.bureau.check import invented
from clients.bureau.check.acting import has_accepted, opening
from clients.bureau.check.cast import Cast
from clients.bureau.check.judged import both, opened, taken_up
from clients.bureau.check.scenario import Scenario
from clients.bureau.check.scenarios import prompts
from clients.bureau.check.steps import Quiet, Say, Script, Until
from clients.bureau.check.transcript import Transcript
from clients.bureau.check.verdict import ScenarioVerdict, not_seen
from shared.contracts.bilingual import Bilingual

_SEALED = Bilingual(
    "第 1 节：文字密封给本局；正文最多 10,000 字符，答复 20,000，记录 256 KiB；打开方的上限高于此",
    "section 1: words are sealed for the bureau; text 10,000 and reply 20,000 characters, 256 KiB; "
    "the opener's limits are set above that",
)


def _normal(cast: Cast, at: datetime) -> Script:
    letter = cast.letter("normal")
    return (
        Say(letter, invented.assigned(cast.bureau, cast.code("normal"), at=at)),
        prompts.accept(letter),
        Until(lambda seen: has_accepted(seen, letter)),
    )


def _words(cast: Cast, at: datetime) -> Script:
    letter, code = cast.letter("words"), cast.code("words")
    return (
        Say(letter, invented.assigned(cast.bureau, code, at=at)),
        prompts.quote(letter),
        Until(lambda seen: opening(seen, letter, code=code)),
    )


def _huge(cast: Cast, at: datetime) -> Script:
    letter, code = cast.letter("huge"), cast.code("huge")
    return (
        Say(letter, invented.longest(cast.bureau, code, at=at)),
        prompts.quote(letter),
        Until(lambda seen: opening(seen, letter, code=code)),
    )


def _identity(cast: Cast, at: datetime) -> Script:
    letter, code = cast.letter("identity"), cast.code("identity", which=2)
    return (
        Say(letter, invented.assigned(cast.bureau, cast.code("identity"), at=at)),
        Say(letter, invented.identity(cast.bureau, code, kid=cast.kids[0])),
        prompts.quote_name(letter),
        Until(lambda seen: has_accepted(seen, letter)),
        Quiet(unless=lambda seen: opening(seen, letter, code=code)),
    )


def _judge_identity(cast: Cast, transcript: Transcript) -> ScenarioVerdict:
    """Few systems quote the writer's name, so a missing quotation proves nothing."""
    letter, code = cast.letter("identity"), cast.code("identity", which=2)
    up = taken_up(transcript, letter)
    if up.result == "passed" and not opening(transcript, letter, code=code):
        return both(up, not_seen(_UNKNOWN.filled(letter=letter)))
    return up


_UNKNOWN = Bilingual(
    "{letter}：照常受理；姓名中的代码没有引用，看不出身份是否打开",
    "{letter}: taken up all the same; the code in the name was not quoted, so that nothing shows "
    "whether the identity was opened",
)

SCENARIOS = (
    Scenario(
        "normal",
        Bilingual("正常来信", "a normal letter"),
        Bilingual("受理一次，转办编号正确", "it is accepted, under its assignment"),
        Bilingual(
            "第 6 节：每个动作写明 assignment，即它所回应的那次转办",
            "section 6: every action names its assignment, the holding that it answers",
        ),
        _normal,
        lambda cast, seen: taken_up(seen, cast.letter("normal")),
    ),
    Scenario(
        "words",
        Bilingual("打开密封的文字", "sealed words"),
        Bilingual(
            "打开来信，并以密封的文字回话", "the letter is opened, and answered in sealed words"
        ),
        _SEALED,
        _words,
        lambda cast, seen: opened(seen, cast.letter("words"), code=cast.code("words")),
    ),
    Scenario(
        "huge",
        Bilingual("最长的信", "the longest letter"),
        Bilingual(
            "照样打开：代码在最后一行", "it opens as any other: the code stands on its last line"
        ),
        _SEALED,
        _huge,
        lambda cast, seen: opened(seen, cast.letter("huge"), code=cast.code("huge")),
    ),
    Scenario(
        "identity",
        Bilingual("写信人身份", "the writer's identity"),
        Bilingual(
            "letter.identity 打开，信件照常办理", "letter.identity opens, and the letter goes on"
        ),
        Bilingual(
            "第 5 节：letter.identity 内的 envelope 由 intake 密封给本局，仅在转办期间提供",
            "section 5: letter.identity brings the envelope as intake sealed it for the bureau",
        ),
        _identity,
        _judge_identity,
    ),
)
