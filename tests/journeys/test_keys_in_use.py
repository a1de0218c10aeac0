"""Keys change while letters go through: all words stay readable, and nothing is lost or unsealed.

From writer to bureau and back, in memory; `test_keys_entered.py` uses real processes.
"""

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.intake.domain.writer_requests import RequestWithdrawal
from shared.contracts.bureau_v1 import LetterAssigned, LetterIdentity, LetterSnapshot
from shared.contracts.progress_v1 import LetterReplied
from shared.contracts.topics import PROGRESS, SUBMITTED, letters_of
from shared.contracts.words import Identity, LetterText, ReplyText
from shared.kernel.errors import LimitReached, OutOfOrder
from shared.sealing.compact_jwe import header_of
from shared.sealing.key_directory import NoKey, anchor
from tests.intake.story import IDENTITY, OWNER, WORDS
from tests.support.budget import budget
from tests.support.post import GZ, SLUG, Post, post

LONGEST = "办" * 20_000


def envelopes(post: Post, topic: str) -> list[str]:
    """Key ids of all envelopes on a topic."""
    said = post.intake.shelf.said(topic) + post.router.shelf.said(topic)
    found = []
    for one in said:
        for words in one.data.sealed_fields().values():
            found += [kid_of(sealed) for sealed in (words or {}).values()]
    return found


def kid_of(envelope: str) -> str:
    """The key id of an envelope."""
    return str(header_of(envelope)["kid"])


# --- one change at a time ------------------------------------------------------------------------


async def test_the_longest_reply_is_read_by_its_writer_after_every_key_has_changed() -> None:
    async with post() as office:
        number = await office.write()
        await office.pass_on()
        for holder in ("router", "intake", GZ):
            await office.enter(holder)
        await office.accept(number)
        await office.reply(number, LONGEST)
        await office.pass_on()
        found = await office.written(number)
        assert found.answer
        assert found.answer.words == ReplyText(text=LONGEST)
        (copy,) = office.told_of(number, "letter.replied")
        assert isinstance(copy.event, LetterReplied)
        assert copy.event.words == ReplyText(text=LONGEST)
        assert {"router.1", "intake.2"} <= set(envelopes(office, PROGRESS.name))
        assert kid_of(str(raw_words(office, "letter.replied"))) == f"{GZ}.3"


def raw_words(office: Post, name: str) -> str:
    """The sealed words of the last event of that type for the bureau."""
    said = office.router.shelf.said(letters_of(SLUG).name)
    last = [one for one in said if one.type == f"gd.mailbox.{name}.v1"][-1]
    words: dict[str, str] = last.data.sealed_fields()["words"]
    return words[GZ]


async def test_a_new_key_is_used_from_its_hour_on_and_not_before() -> None:
    async with post() as office:
        await office.enter("router", hours=2)
        await office.enter(GZ, hours=1)
        bureau = []
        for _ in range(3):
            number = await office.write()
            await office.pass_on()
            (assigned,) = office.told_of(number, "letter.assigned")
            assert assigned.closed == {}
            bureau.append(kid_of(raw_words(office, "letter.assigned")))
            office.now.pass_by(hours=1)
        assert bureau == [GZ, f"{GZ}.2", f"{GZ}.2"]
        router = [kid for kid in envelopes(office, SUBMITTED.name) if kid.startswith("router")]
        assert router == ["router", "router", "router.1"]


async def test_what_was_sealed_for_a_retired_key_still_opens_and_nothing_new_is() -> None:
    async with post() as office:
        before = await office.write()
        await office.pass_on()
        await office.enter(GZ)
        await office.retire(GZ, GZ)
        after = await office.write()
        await office.pass_on()
        for number in (before, after):
            (assigned,) = office.told_of(number, "letter.assigned")
            assert isinstance(assigned.event, LetterAssigned)
            assert assigned.event.words == bare()
        assert kid_of(raw_words(office, "letter.assigned")) == f"{GZ}.1"


def bare() -> LetterText:
    """The letter's text as a bureau gets it: without marks and place."""
    return LetterText(
        subject=WORDS.subject,
        body=WORDS.body,
        own_spans=WORDS.own_spans,
        place_detail=WORDS.place_detail,
    )


# --- a bureau without a valid key ----------------------------------------------------------------


async def test_a_letter_goes_on_without_words_and_is_told_whole_once_there_is_a_key() -> None:
    async with post(without=(GZ,)) as office:
        number = await office.write()
        await office.pass_on()
        (assigned,) = office.told_of(number, "letter.assigned")
        assert isinstance(assigned.event, LetterAssigned)
        assert assigned.event.words is None
        assert assigned.event.dues
        (withheld,) = office.told_of(number, "identity.withheld")
        assert withheld.event.reason == "no_key"  # type: ignore[attr-defined]  # of its type
        assert (await office.routed(number)).state == "routed"
        assert await office.work() == (0, 0)

        await office.enter(GZ)
        assert await office.work() == (1, 1)
        (snapshot,) = office.told_of(number, "letter.snapshot")
        (identity,) = office.told_of(number, "letter.identity")
        assert isinstance(snapshot.event, LetterSnapshot)
        assert isinstance(identity.event, LetterIdentity)
        assert snapshot.event.words == bare()
        assert identity.event.envelope == IDENTITY
        assert await office.work() == (0, 0)
        assert len(office.told_of(number, "letter.snapshot", "letter.identity")) == 2


async def test_a_lost_key_is_replaced_and_everything_held_is_readable_again() -> None:
    async with post() as office:
        held, closed = await office.write(), await office.write()
        await office.pass_on()
        await office.accept(closed)
        await office.reply(closed)
        await office.pass_on()
        del office.bureaus[GZ]
        assert {one.closed.get("words") for one in office.told_of(held, "letter.assigned")} == {
            "unknown_key"
        }
        await office.retire(GZ, GZ)
        late = await office.write()
        await office.pass_on()
        (withheld,) = office.told_of(late, "identity.withheld")
        assert withheld.event.reason == "bad_key"  # type: ignore[attr-defined]  # of its type
        assert await office.work() == (0, 0)
        await office.enter(GZ)
        await office.work()
        for number in (held, late):
            (snapshot,) = office.told_of(number, "letter.snapshot")
            identity = office.told_of(number, "letter.identity")[-1]
            assert (snapshot.closed, identity.closed) == ({}, {})


async def test_of_complaints_and_ended_letters_no_identity_is_sealed_again() -> None:
    async with post(without=(GZ,)) as office:
        complaint = await office.write(category="complaint")
        ended = await office.write()
        await office.pass_on()
        await office.tell(office.intake, ended, RequestWithdrawal(OWNER, "r-1", "settled"))
        await office.pass_on()
        await office.enter(GZ)
        await office.work()
        for number in (complaint, ended):
            assert office.told_of(number, "letter.identity") == []
        assert len(office.told_of(complaint, "letter.snapshot")) == 1
        assert office.told_of(ended, "letter.snapshot") == []


# --- a service without one -----------------------------------------------------------------------


async def test_without_a_key_of_ours_nothing_leaves_and_all_goes_on_when_there_is_one() -> None:
    async with post(without=("router",)) as office:
        with pytest.raises(NoKey):
            await office.write()
        assert office.intake.shelf.documents.kept == {}
        await office.enter("router")
        number = await office.write()
        await office.pass_on()
        assert (await office.routed(number)).words == WORDS


async def test_a_record_that_needs_a_missing_key_is_tried_again_and_not_parked() -> None:
    async with post(without=("intake",)) as office:
        own = anchor("intake", office.intake.private["intake"].as_dict(private=False))
        office.intake.book.take("intake", (own,), sequence=1)
        number = await office.write()
        await office.pass_on()
        await office.accept(number)
        with pytest.raises(NoKey, match="intake"):
            await office.reply(number)
        assert (await office.routed(number)).state == "handling"
        await office.enter("intake")
        await office.reply(number)
        assert (await office.routed(number)).state == "replied"


# --- whatever changes when -----------------------------------------------------------------------

moves = st.lists(
    st.one_of(
        st.just(("write", "", 0)),
        st.tuples(st.just("enter"), st.sampled_from(("router", "intake", GZ)), st.integers(0, 3)),
        st.tuples(st.just("retire"), st.sampled_from(("router", "intake", GZ)), st.integers(0, 3)),
        st.just(("pass", "", 0)),
        st.just(("hour", "", 0)),
    ),
    min_size=3,
    max_size=18,
)


@settings(max_examples=budget(25))
@example([("write", "", 0), ("enter", GZ, 1), ("retire", GZ, 0), ("pass", "", 0)])
@example([("enter", "intake", 0)] * 8)
@given(moves)
async def test_whatever_keys_change_meanwhile_everything_is_readable_in_the_end(
    tried: list[tuple[str, str, int]],
) -> None:
    async with post() as office:
        for what, holder, number in tried:
            await move(office, what, holder, number)
        office.now.pass_by(hours=4)
        with suppress(LimitReached):
            await office.enter(GZ)
        await office.work()
        for number_of in office.letters:
            assert (await office.routed(number_of)).words == WORDS
            told = office.told_of(number_of, "letter.assigned", "letter.snapshot")
            assert all(one.closed == {} for one in told)
            assert told[-1].event.words == bare()  # type: ignore[attr-defined]  # of its type
            identity = office.told_of(number_of, "letter.identity")[-1]
            assert isinstance(identity.event, LetterIdentity)
            assert identity.event.envelope == IDENTITY
            assert isinstance(identity.event.envelope, Identity)


async def move(office: Post, what: str, holder: str, number: int) -> None:
    """One event of the scenario."""
    if what == "write":
        await office.write()
    elif what == "enter":
        with suppress(LimitReached):
            await office.enter(holder, hours=number)
    elif what == "retire" and (keys := office.router.book.keys_of(holder)):
        key = keys[number % len(keys)]
        if key.retired is None:
            with suppress(OutOfOrder):
                await office.retire(holder, key.kid)
    elif what == "pass":
        await office.pass_on()
        await office.work()
    else:
        office.now.pass_by(hours=1)
