"""Every action of the contract can be asked for: as a function, a method and a subcommand."""

from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from clients.bureau.action_records import Made, draft, promise, record_of, with_id
from clients.bureau.actions import ACTION_ROWS, BureauActions
from clients.bureau.outcomes import Applied, Outcome
from shared.contracts import actions_v1 as v1
from shared.contracts.catalogue import ACTIONS
from shared.contracts.envelope import from_record
from shared.contracts.event import Action
from shared.contracts.topics import actions_of
from tests.clients.making import GZ, LETTER, NOON, keys_for

KEYS = keys_for("router", f"bureau:{GZ}")
MADE = Made(made_at=NOON, staff="s-1")
DAY = date(2026, 12, 31)
Ask = Callable[[BureauActions], Coroutine[Any, Any, Outcome]]


class Noting(BureauActions):
    """Records actions."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Action]] = []

    async def ask(self, letter: str, action: Action, *, anew: bool = False) -> Outcome:
        assert not anew
        self.asked.append((letter, action))
        return Applied(UUID(int=1), "handling", action.type)

    def made(self) -> Made:
        return MADE


ASKED: dict[type[Action], tuple[Ask, dict[str, Any], dict[str, str]]] = {
    v1.Accept: (lambda box: box.accept(LETTER, 2), {}, {}),
    v1.Return: (
        lambda box: box.return_letter(
            LETTER, 2, reason="other_place", suggestion="foshan", text="在佛山。"
        ),
        {"reason": "other_place", "suggestion": "foshan"},
        {"words": "在佛山。"},
    ),
    v1.Decline: (
        lambda box: box.decline(
            LETTER, 2, text="请向法院提出。", decline_reason="court_or_arbitration",
            where_to_turn="court", signed_by="chief-1",
        ),
        {
            "decline_reason": "court_or_arbitration", "where_to_turn": "court",
            "signed_by": "chief-1",
        },
        {"words": "请向法院提出。"},
    ),
    v1.PassOn: (
        lambda box: box.pass_on(LETTER, 2, unit="tianhe.traffic", police_type="traffic"),
        {"unit": "tianhe.traffic", "police_type": "traffic"},
        {},
    ),
    v1.UnitAccept: (
        lambda box: box.unit_accept(LETTER, 2, unit="tianhe.traffic"),
        {"unit": "tianhe.traffic"},
        {},
    ),
    v1.Note: (lambda box: box.note(LETTER, 2, text="已核对。"), {}, {"words": "已核对。"}),
    v1.Ask: (
        lambda box: box.ask_writer(LETTER, 2, text="哪一天？"), {}, {"words": "哪一天？"}
    ),
    v1.RequestExtension: (
        lambda box: box.request_extension(LETTER, 2, days=3, reason="complex", text="需核查。"),
        {"clock": "reply", "days": 3, "reason": "complex"},
        {"words": "需核查。"},
    ),
    v1.Reply: (
        lambda box: box.reply(
            LETTER, 2, text="不属实。", outcome="malicious", finding="invented",
            referred_to="police_station", commitments=(promise(DAY, "年底前回访。"),),
            publication_proposed=True, signed_by="chief-1",
        ),
        {
            "outcome": "malicious", "finding": "invented", "referred_to": "police_station",
            "publication_proposed": True, "signed_by": "chief-1",
        },
        {"words": "不属实。", "commitments.words": "年底前回访。"},
    ),
    v1.AnswerInstruction: (
        lambda box: box.answer_instruction(LETTER, 2, instruction=1, text="已办。"),
        {"instruction": 1},
        {"words": "已办。"},
    ),
    v1.Fulfil: (
        lambda box: box.fulfil(LETTER, 2, commitment=1, text="已回访。"),
        {"commitment": 1},
        {"words": "已回访。"},
    ),
    v1.Link: (
        lambda box: box.link(LETTER, 2, kind="campaign", with_="lamps-2026"),
        {"kind": "campaign", "with_": "lamps-2026"},
        {},
    ),
    v1.ProposePublication: (lambda box: box.propose_publication(LETTER, 2), {}, {}),
    v1.RequestResend: (
        lambda box: box.request_resend(LETTER, 2, from_sequence=3, snapshot=True),
        {"from_sequence": 3, "snapshot": True},
        {},
    ),
}  # fmt: skip


def test_nothing_of_the_contract_is_left_out() -> None:
    assert set(ASKED) == set(ACTIONS)
    names = {kind.type.split(".")[-2].replace("_", "-") for kind in ACTIONS}
    assert set(ACTION_ROWS) == (names - {"request-resend"}) | {"resend"}


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
async def test_a_method_asks_for_its_action_and_the_router_can_read_it(kind: type[Action]) -> None:
    ask, fields, words = ASKED[kind]
    box = Noting()
    await ask(box)
    ((letter, action),) = box.asked
    assert (letter, type(action), action.assignment) == (LETTER, kind, 2)
    assert (action.made_at, action.staff) == (NOON, "s-1")
    assert {name: getattr(action, name) for name in fields} == fields

    sent = with_id(action, bureau=GZ, letter=LETTER)
    topic = actions_of(GZ).name
    record = record_of(sent, bureau=GZ, letter=LETTER, keys=KEYS[f"bureau:{GZ}"])
    found = from_record(record, topic=topic)
    assert isinstance(found.data, Action)
    read: dict[str, str] = {}
    opened, closed = KEYS["router"].open(found.data, reader="router", topic=topic, letter=LETTER)
    opened.map_words(lambda field, said: read.update({field: said.text} if said else {}))
    assert (found.data.action_id, read, closed) == (sent.action_id, words, {})
    assert {name: getattr(found.data, name) for name in fields} == fields


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
async def test_asking_the_same_again_is_the_same_action(kind: type[Action]) -> None:
    box = Noting()
    for _ in range(2):
        await ASKED[kind][0](box)
    ids = {with_id(action, bureau=GZ, letter=LETTER).action_id for _, action in box.asked}
    assert len(ids) == 1


def test_no_two_of_them_share_an_id() -> None:
    promised = [
        draft(
            v1.Reply,
            1,
            text="好。",
            outcome="resolved",
            commitments=(promise(date(2026, 12, day), text),),
            **MADE,
        )
        for day, text in ((30, "回访。"), (31, "回访。"), (31, "再回访。"))
    ]
    others = [draft(v1.Note, 1, text="好。", **MADE), draft(v1.Ask, 1, text="好。", **MADE)]
    ids = {with_id(each, bureau=GZ, letter=LETTER).action_id for each in (*promised, *others)}
    assert len(ids) == len(promised) + len(others)


def test_a_field_that_the_action_lacks_is_an_error_not_ignored() -> None:
    with pytest.raises(TypeError, match="Reply has no field comitments"):
        draft(v1.Reply, 1, text="好。", outcome="resolved", comitments=(), **MADE)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: draft(v1.Note, 1, text="", **MADE),
        lambda: draft(v1.Note, 1, text="秘" * 4_001, **MADE),
        lambda: draft(v1.Ask, 0, text="好。", **MADE),
        lambda: draft(v1.PassOn, 1, unit="天河", police_type="traffic", **MADE),
        lambda: draft(v1.RequestExtension, 1, clock="reply", days=0, reason="complex", **MADE),
        lambda: draft(
            v1.RequestExtension, 1, clock="reply", days=3, reason="complex", text="", **MADE
        ),
        lambda: draft(v1.Decline, 1, text="秘" * 20_001, decline_reason="secret", **MADE),
        lambda: draft(
            v1.Reply,
            1,
            text="好。",
            outcome="resolved",
            commitments=(promise(DAY, "秘"),) * 11,
            **MADE,
        ),
        lambda: draft(v1.Reply, 1, text="好。", outcome="resolved", signed_by="王 五", **MADE),
        lambda: draft(v1.Link, 1, kind="duplicate", with_="不是编号", **MADE),
        lambda: draft(v1.Fulfil, 1, text="好。", commitment=0, **MADE),
    ],
)
def test_what_cant_be_is_refused_without_being_repeated(wrong: Callable[[], Action]) -> None:
    with pytest.raises(ValueError, match="validation error") as refused:
        wrong()
    assert not {"秘", "王", "天河", "不是"} & set(str(refused.value))
