"""Scenarios that check every record of the system against the contract."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from clients.bureau.check import invented
from clients.bureau.check.cast import Cast, is_invented
from clients.bureau.check.faults import FAULTS
from clients.bureau.check.scenario import Scenario
from clients.bureau.check.steps import Prompt, Say, Script, Until
from clients.bureau.check.transcript import HeardRecord, Transcript
from clients.bureau.check.verdict import ScenarioVerdict, failed, not_seen, passed
from shared.contracts.bilingual import Bilingual

ACTIONS = "actions"
MOST_SHOWN = 10
"""How many faults are listed in full; the others are probably the same."""

Found = tuple[HeardRecord, str]
"""A record and what is wrong with it."""


def _script(cast: Cast, at: datetime) -> Script:
    letter = cast.letter(ACTIONS)
    return (
        Say(letter, invented.assigned(cast.bureau, cast.code(ACTIONS), at=at)),
        Prompt(_PROMPT.filled(letter=letter)),
        Until(lambda seen: bool(seen.acts(letter, "reply", "decline", "return"))),
    )


def _judge(cast: Cast, seen: Transcript) -> ScenarioVerdict:
    records = [heard for heard in seen.all_heard() if _counts(cast, heard)]
    found = [*_of_records(cast, records), *_of_ids(records), *_of_places(records)]
    if found:
        return failed(*(_told(one) for one in found[:MOST_SHOWN]), *_more(found))
    if not records:
        return not_seen(Bilingual("没有任何动作", "no action came"))
    kinds = ", ".join(sorted({heard.kind for heard in records}))
    return passed(_ALL_RIGHT.filled(count=len(records), kinds=kinds))


def _counts(cast: Cast, heard: HeardRecord) -> bool:
    """Records about letters of earlier checks are ignored; all others must be valid."""
    return cast.is_ours(heard.letter) or not is_invented(heard.letter)


def _of_records(cast: Cast, records: Iterable[HeardRecord]) -> Iterator[Found]:
    for heard in records:
        yield from ((heard, fault) for fault in heard.faults)
        if heard.letter and not cast.is_ours(heard.letter):
            yield heard, "other_letter"


def _of_ids(records: Iterable[HeardRecord]) -> Iterator[Found]:
    """The same id for a different request."""
    meant: dict[str, str] = {}
    for heard in records:
        if heard.kind and meant.setdefault(heard.action_id, heard.content) != heard.content:
            yield heard, "id_reused"


def _of_places(records: Iterable[HeardRecord]) -> Iterator[Found]:
    places: dict[str, int] = {}
    for heard in records:
        if heard.kind and places.setdefault(heard.letter, heard.partition) != heard.partition:
            yield heard, "scattered"


def _told(found: Found) -> Bilingual:
    heard, fault = found
    seen, rule = FAULTS[fault]
    place = f"{heard.letter or '?'} {heard.kind or '?'} [{heard.partition}@{heard.offset}]"
    return Bilingual(f"{place}：{seen.zh}（{rule.zh}）", f"{place}: {seen.en} ({rule.en})")


def _more(found: list[Found]) -> Iterator[Bilingual]:
    if len(found) > MOST_SHOWN:
        count = len(found) - MOST_SHOWN
        yield Bilingual(f"另有 {count} 处", f"and {count} more")


_PROMPT = Bilingual(
    "请受理 {letter}，做系统能做的每一种动作（备注、交办、提问、延期 …），最后答复。",
    "Accept {letter}, do all that your system can (note, pass on, ask, extend …), and reply.",
)
_ALL_RIGHT = Bilingual(
    "{count} 个动作全部符合契约：{kinds}", "all of {count} actions are as they must be: {kinds}"
)

SCENARIOS = (
    Scenario(
        ACTIONS,
        Bilingual("每一个动作的格式", "every action's form"),
        Bilingual(
            "头、键、类型、编号、密封的文字全部正确",
            "headers, key, type, ids and sealed words are all right",
        ),
        Bilingual(
            "第 1、6 节：封装规则；每个动作有 action_id、assignment、made_at、staff；"
            "文字密封给 router",
            "sections 1 and 6: the envelope's rules; every action has action_id, assignment, "
            "made_at and staff, words sealed for the router",
        ),
        _script,
        _judge,
    ),
)
