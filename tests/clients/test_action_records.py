"""The same thing asked again is the same action; another thing is another."""

from datetime import timedelta
from typing import Any

import pytest

from clients.bureau.action_records import action_id, draft, record_of, with_id
from shared.contracts import actions_v1 as v1
from shared.contracts.actions_v1 import Reply, RequestResend
from shared.contracts.envelope import from_record
from tests.clients.making import GZ, LETTER, NOON, keys_for

KEYS = keys_for("router", f"bureau:{GZ}")


def reply(text: str = "已修好。", **changes: Any) -> Reply:
    made = draft(v1.Reply, 1, text=text, outcome="resolved", made_at=NOON, staff="s-1")
    return made.model_copy(update=changes)


def test_an_id_doesnt_depend_on_when_or_by_whom_it_is_asked() -> None:
    later = reply(made_at=NOON + timedelta(days=1), staff="s-2")
    assert action_id(reply(), bureau=GZ, letter=LETTER) == action_id(
        later, bureau=GZ, letter=LETTER
    )


@pytest.mark.parametrize(
    "other",
    [
        reply("另一个答复"),
        reply(outcome="explained"),
        reply(assignment=2),
        reply(publication_proposed=True),
        draft(v1.Accept, 1, made_at=NOON, staff="s-1"),
    ],
    ids=["text", "outcome", "assignment", "publication", "kind"],
)
def test_another_thing_has_another_id(other: Reply) -> None:
    assert action_id(reply(), bureau=GZ, letter=LETTER) != action_id(
        other, bureau=GZ, letter=LETTER
    )


def test_bureau_and_letter_belong_to_the_id() -> None:
    ids = {
        action_id(reply(), bureau=GZ, letter=LETTER),
        action_id(reply(), bureau="shenzhen", letter=LETTER),
        action_id(reply(), bureau=GZ, letter="GD-0000-0000-0000-0000-0"),
    }
    assert len(ids) == 3


def test_an_id_is_the_same_in_every_process() -> None:
    found = action_id(draft(v1.Accept, 1, made_at=NOON, staff="s-1"), bureau=GZ, letter=LETTER)
    assert str(found) == "ee7a9338-dd5f-5aa0-a646-5a454b658dcf"


@pytest.mark.parametrize("text", ["", "字" * 20_001])
def test_a_reply_has_1_to_20000_characters(text: str) -> None:
    with pytest.raises(ValueError, match="text") as refused:
        reply(text)
    assert "字字" not in str(refused.value)


def test_the_record_is_one_that_the_router_reads() -> None:
    full = reply(referred_to="12345", publication_proposed=True)
    action = with_id(full, bureau=GZ, letter=LETTER)
    sent = record_of(action, bureau=GZ, letter=LETTER, keys=KEYS[f"bureau:{GZ}"])
    found = from_record(sent, topic=f"bureau.{GZ}.actions")
    assert (found.subject, found.source) == (LETTER, f"/bureaus/{GZ}")
    assert isinstance(found.data, Reply)
    assert (found.data.referred_to, found.data.publication_proposed) == ("12345", True)
    assert "修好".encode() not in sent.value


def resend(**changes: Any) -> RequestResend:
    made = draft(v1.RequestResend, 1, from_sequence=3, snapshot=False, made_at=NOON, staff="s-1")
    return made.model_copy(update=changes)


def test_a_resend_is_another_action_each_time() -> None:
    ids = {
        action_id(one, bureau=GZ, letter=LETTER)
        for one in (resend(), resend(made_at=NOON + timedelta(milliseconds=1)))
    }
    assert len(ids) == 2
    assert action_id(resend(staff="s-2"), bureau=GZ, letter=LETTER) in ids


@pytest.mark.parametrize("number", [0, -1])
def test_a_resend_from_no_number_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="from_sequence"):
        draft(v1.RequestResend, 1, from_sequence=number, snapshot=False, made_at=NOON, staff="s-1")
