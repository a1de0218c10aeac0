"""Words sealed for a bureau open for it alone, and only beside their own event."""

import json
from pathlib import Path

import pytest

from clients.bureau.action_records import draft, record_of
from clients.bureau.arrivals import Arrived, Unread, opened, read
from clients.bureau.key_files import BadKeyFile
from clients.bureau.public_keys import NoKey, PublicKeys
from clients.bureau.sealing import Keys
from shared.contracts import actions_v1 as v1
from shared.contracts.actions_v1 import Reply
from shared.contracts.bureau_v1 import LetterAssigned
from shared.contracts.envelope import Foreign, Unsendable, from_record
from shared.contracts.words import MAX_ENVELOPE, Conversation, LetterText, ReplyText, Turn
from shared.platform.crypto.key_sets import opener_in
from shared.sealing.envelopes import open_event, seal_event
from tests.clients.making import GZ, LETTER, NOON, Fetched, assigned, keys_for, said, write_keys
from tests.support.sealers import sealer_in

KEYS = keys_for("router", f"bureau:{GZ}", "bureau:shenzhen")
OURS = KEYS[f"bureau:{GZ}"]


def arrived(record: Fetched) -> Arrived:
    found = read(record)
    assert isinstance(found, Arrived)
    return found


def test_a_letter_opens_for_its_bureau() -> None:
    found = opened(arrived(said(KEYS["router"], assigned(body="你好"), sequence=1)), OURS)
    assert isinstance(found.event, LetterAssigned)
    assert isinstance(found.event.words, LetterText)
    assert (found.event.words.body, found.closed, found.assignment) == ("你好", {}, 1)


@pytest.mark.parametrize(
    "other",
    [
        said(KEYS["router"], assigned(), sequence=1, letter="GD-0000-0000-0000-0000-0"),
        said(KEYS["router"], assigned().model_copy(update={"assignment": 2}), sequence=1),
    ],
    ids=["another letter", "another assignment"],
)
def test_an_envelope_from_elsewhere_stays_closed(other: Fetched) -> None:
    here = arrived(said(KEYS["router"], assigned(), sequence=1))
    stolen = arrived(other).event
    assert isinstance(stolen, LetterAssigned)
    moved = here.event.model_copy(update={"words": stolen.words})
    event, closed = OURS.open(
        moved, reader=f"bureau:{GZ}", topic=f"bureau.{GZ}.letters", letter=LETTER
    )
    assert closed == {"words": "wrong_header"}
    assert isinstance(event, LetterAssigned)
    assert not isinstance(event.words, LetterText)


def test_an_envelope_for_another_key_stays_closed_without_content() -> None:
    strangers = keys_for("router", f"bureau:{GZ}")["router"]
    found = opened(arrived(said(strangers, assigned(body="秘密"), sequence=1)), OURS)
    assert found.closed == {"words": "not_opened"}
    assert "秘密" not in repr(found)


def test_a_garbled_envelope_stays_closed() -> None:
    here = arrived(said(KEYS["router"], assigned(), sequence=1))
    for garbled in ("a.b.c.d.e", "e30..a.b.c", "x" * 300_000):
        event = here.event.model_copy(update={"words": {f"bureau:{GZ}": garbled}})
        _, closed = OURS.open(
            event, reader=f"bureau:{GZ}", topic=f"bureau.{GZ}.letters", letter=LETTER
        )
        assert set(closed) == {"words"}, garbled[:10]


def test_missing_and_erased_words() -> None:
    here = arrived(said(KEYS["router"], assigned(), sequence=1))
    for words, expected in (({}, {"words": "no_envelope"}), (None, {})):
        event = here.event.model_copy(update={"words": words})
        _, closed = OURS.open(
            event, reader=f"bureau:{GZ}", topic=f"bureau.{GZ}.letters", letter=LETTER
        )
        assert closed == expected


def test_the_longest_reply_opens_at_the_router(tmp_path: Path) -> None:
    text = "办" * 20_000
    reply = draft(v1.Reply, 1, text=text, outcome="explained", made_at=NOON, staff="s-1")
    key, value, headers = record_of(reply, bureau=GZ, letter=LETTER, keys=OURS)
    topic = f"bureau.{GZ}.actions"
    sealed = from_record(Foreign(key, value, headers), topic=topic).data
    clear, closed = KEYS["router"].open(sealed, reader="router", topic=topic, letter=LETTER)
    assert closed == {}
    assert isinstance(clear, Reply)
    assert isinstance(clear.words, ReplyText)
    assert clear.words.text == text


def test_router_and_bureau_open_each_other(tmp_path: Path) -> None:
    write_keys(tmp_path, GZ)
    bureau = Keys.of_bureau(GZ, tmp_path)
    router = sealer_in(tmp_path / "public.jwks.json")
    topic = f"bureau.{GZ}.letters"
    sealed = seal_event(assigned(body="你好"), router, topic=topic, letter=LETTER)
    clear, closed = bureau.open(sealed, reader=f"bureau:{GZ}", topic=topic, letter=LETTER)
    assert closed == {}
    assert isinstance(clear.words, LetterText)
    again = bureau.seal(assigned(body="再见"), topic=topic, letter=LETTER, at=NOON)
    opener = opener_in(tmp_path / "bureaus" / f"{GZ}.private.jwks.json")
    back = open_event(again, opener, reader=f"bureau:{GZ}", topic=topic, letter=LETTER)
    assert isinstance(back.words, LetterText)
    assert back.words.body == "再见"


def test_a_bureau_opens_the_largest_envelope_that_the_contract_allows(tmp_path: Path) -> None:
    write_keys(tmp_path, GZ)
    bureau = Keys.of_bureau(GZ, tmp_path)
    router = sealer_in(tmp_path / "public.jwks.json")
    topic = f"bureau.{GZ}.letters"

    def sealed(last: str) -> LetterAssigned:
        texts = [*["办" * 6_000] * 8, last]
        turns = tuple(Turn(at=NOON, who="writer", text=text) for text in texts)
        event = assigned().model_copy(update={"earlier": Conversation(turns=turns)})
        return seal_event(event, router, topic=topic, letter=LETTER)

    spare = (MAX_ENVELOPE - len(earlier_of(sealed("a")))) * 3 // 4
    event = sealed("a" * (1 + spare))
    assert MAX_ENVELOPE - 4 < len(earlier_of(event)) <= MAX_ENVELOPE
    wire = LetterAssigned.model_validate_json(event.model_dump_json())
    clear, closed = bureau.open(wire, reader=f"bureau:{GZ}", topic=topic, letter=LETTER)
    assert closed == {}
    assert isinstance(clear.earlier, Conversation)
    assert len(clear.earlier.turns) == 9
    with pytest.raises(Unsendable, match="too_large"):
        sealed("a" * (4 + spare))


def earlier_of(event: LetterAssigned) -> str:
    """The envelope with the earlier conversation."""
    assert isinstance(event.earlier, dict)
    return event.earlier[f"bureau:{GZ}"]


def test_nothing_is_sealed_for_whom_no_key_is_known() -> None:
    alone = keys_for(f"bureau:{GZ}")[f"bureau:{GZ}"]
    reply = draft(v1.Reply, 1, text="好", outcome="explained", made_at=NOON, staff="s-1")
    with pytest.raises(NoKey, match="router"):
        record_of(reply, bureau=GZ, letter=LETTER, keys=alone)


@pytest.mark.parametrize("content", ["", "{}", '{"keys": []}', '{"keys": [{"kid": "a"}]}', "[1]"])
def test_a_bad_key_file_is_named_and_not_shown(tmp_path: Path, content: str) -> None:
    path = tmp_path / "k.json"
    path.write_text(content)
    with pytest.raises(BadKeyFile, match=r"k\.json"):
        Keys.load(path, PublicKeys())
    with pytest.raises(BadKeyFile, match=r"k\.json"):
        PublicKeys.load(path)


def test_public_keys_dont_pass_for_private_ones(tmp_path: Path) -> None:
    write_keys(tmp_path, GZ)
    public = tmp_path / "public.jwks.json"
    assert json.loads(public.read_text())["keys"]
    with pytest.raises(BadKeyFile, match="public keys"):
        Keys.load(public, PublicKeys())


def test_an_unreadable_record_is_told_by_code() -> None:
    good = said(KEYS["router"], assigned(), sequence=1, offset=7)
    bad = Fetched(good.topic, 0, 7, good.key, b"{", good.headers)
    assert read(bad) == Unread(good.topic, 0, 7, "bad_json")
    assert read(Fetched("letters.submitted", 0, 7, None, None, [])) == Unread(
        "letters.submitted", 0, 7, "not_this_topic"
    )
    assert isinstance(read(Fetched(good.topic, 0, 8, None, None, [])), Unread)
