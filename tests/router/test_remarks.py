"""Staff see what was written about a letter: places, reasons, notes, promises, ratings."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from services.router.api.letters_schemas import shown
from services.router.domain.actors import Command
from services.router.domain.extensions import DecideExtension, RequestMoreTime
from services.router.domain.external_events import EraseContent
from services.router.domain.letter import Letter
from services.router.domain.remarks import LARGEST_REMARKS, MOST_REMARKS
from services.router.store.notes import MOST_SHOWN
from shared.contracts.actions_v1 import Return
from shared.contracts.submitted_v1 import LetterErased, WithdrawalRequested
from shared.contracts.topics import SUBMITTED
from shared.contracts.words import Note, Reason
from tests.router.desking import CHIEF, WHY, begin, do, does
from tests.router.office import Office, accepting
from tests.router.story import (
    LETTER,
    MONDAY,
    NAME,
    PHONE,
    SUPERVISOR,
    WORDS,
    acting,
    at,
    later,
    letter_of,
)


def remarks(told: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The remarks that are shown, without when."""
    return [(one["kind"], one["role"], one["reason"], one["text"]) for one in told["remarks"]]


async def test_the_triage_desk_sees_where_it_happened_and_what_the_rules_made_of_it(
    desk: Office,
) -> None:
    await begin(desk, "guangzhou", addressed_to="foshan")
    (waiting,) = (await desk.get("/v1/triage")).json()["letters"]
    told = (await desk.get(f"/v1/letters/{LETTER}")).json()
    for one in (waiting, told):
        assert one["place"] == {"city": "guangzhou", "district": "440104"}
        assert one["place_detail"] == WORDS.place_detail
        assert one["addressed_to"] == "foshan"
        assert 0 <= one["confidence"] <= 1
        assert one["evidence"]
    assert told["triage_reasons"] == waiting["reasons"]


def test_the_place_of_a_masked_letter_is_for_desks_and_without_the_writer() -> None:
    own = WORDS.model_copy(update={"place_detail": f"{NAME}家，{PHONE}"})
    waiting = Letter(**{**vars(letter_of(at("triage").state)), "words": own, "masked": True})
    told = shown(LETTER, waiting, sight="all").place_detail
    assert told
    assert not [value for value in (NAME, PHONE) if value in told]
    held = Letter(**{**vars(waiting), "holder": "guangzhou"})
    assert shown(LETTER, held, sight="all").place_detail is None
    assert shown(LETTER, Letter(**{**vars(held), "masked": False}), sight="all").place_detail
    assert shown(LETTER, waiting, sight="past").place_detail is None


async def test_why_a_letter_came_back_is_told_to_whoever_has_it_next(desk: Office) -> None:
    await begin(desk)
    told = await does(desk, ("return", "gz"))
    assert told["sight"] == "past"
    assert told["remarks"] == []
    told = (await desk.get(f"/v1/letters/{LETTER}")).json()
    assert remarks(told) == [("returned", "handler", "other_place", WHY["text"])]
    assert told["remarks"][0]["suggestion"] == "foshan"
    assert (await do(desk, "route", "lin")).status_code == 200
    assert remarks((await do(desk, "accept", "fs")).json()) == remarks(told)


async def test_a_bureaus_system_gives_the_same_words(desk: Office) -> None:
    await begin(desk)
    words = Note(text=WHY["text"])
    await desk.act(Return(**(vars(accepting()) | {"reason": "other_matter", "words": words})))
    told = (await desk.get(f"/v1/letters/{LETTER}")).json()
    assert remarks(told) == [("returned", "bureau", "other_matter", WHY["text"])]


async def test_whoever_decides_an_extension_sees_its_reason(desk: Office) -> None:
    await begin(desk)
    await does(desk, ("accept", "gz"))
    await do(desk, "request_extension", "gz", text=WHY["text"])
    told = (await desk.get(f"/v1/letters/{LETTER}", CHIEF)).json()
    assert told["wish"] == {"clock": "reply", "days": 3, "reason": "complex", "text": WHY["text"]}
    told = await does(desk, ("decide_extension", CHIEF))
    assert told["wish"] is None
    asked, decided = told["remarks"]
    assert (asked["kind"], asked["days"], asked["text"]) == ("extension_requested", 3, WHY["text"])
    assert (decided["kind"], decided["granted"], decided["text"]) == (
        "extension_decided",
        True,
        WHY["text"],
    )


async def test_whoever_signs_sees_the_promises_that_they_sign(desk: Office) -> None:
    await begin(desk, category="complaint")
    await do(desk, "route", "lin", bureau="guangzhou")
    await does(desk, ("accept", "gz"))
    promise = [{"due_on": "2026-12-31", "text": f"年底前回访{NAME}。"}]
    await do(desk, "reply", "gz", commitments=promise)
    draft = (await desk.get(f"/v1/letters/{LETTER}", CHIEF)).json()["draft"]
    (signed,) = draft["commitments"]
    assert signed["due_on"] == "2026-12-31"
    assert signed["text"].startswith("年底前回访")
    assert NAME not in signed["text"]
    assert draft["publication_proposed"] is False
    told = await does(desk, ("send_back", CHIEF))
    assert remarks(told) == [("sent_back", "chief", None, WHY["text"])]
    assert told["draft"] is None


async def test_notes_answers_and_evidence_are_shown(desk: Office) -> None:
    await begin(desk)
    told = await does(
        desk, ("accept", "gz"), ("note", "gz"), ("instruct", CHIEF), ("answer_instruction", "gz")
    )
    assert [one["answer"] for one in told["instructions"]] == [WHY["text"]]
    await do(desk, "reply", "gz", commitments=[{"due_on": "2026-12-31", "text": "年底前回访。"}])
    (made,) = (await does(desk, ("fulfil", "gz")))["commitments"]
    assert (made["kept"], made["evidence"]) == ("in_time", WHY["text"])
    for who in ("gz", CHIEF, "lin"):
        told = (await desk.get(f"/v1/letters/{LETTER}", who)).json()
        (note,) = told["notes"]
        assert (note["number"], note["role"], note["bureau"]) == (1, "handler", "guangzhou")
        assert (note["text"], told["notes_in_all"]) == (WHY["text"], 1)
    told = (await desk.get(f"/v1/letters/{LETTER}", "he")).json()
    assert (told["notes"], told["notes_in_all"]) == ([], 0)


async def test_the_newest_of_many_notes_are_shown_without_the_writer(desk: Office) -> None:
    await begin(desk)
    await does(desk, ("accept", "gz"))
    for number in range(1, MOST_SHOWN + 4):
        await do(desk, "note", "gz", text=f"{number}，{NAME}")
    await do(desk, "reclassify", "lin")
    told = (await desk.get(f"/v1/letters/{LETTER}")).json()
    assert [one["number"] for one in told["notes"]] == list(range(4, MOST_SHOWN + 4))
    assert told["notes_in_all"] == MOST_SHOWN + 3
    assert NAME not in str(told["notes"])


async def test_an_erased_note_has_no_text(desk: Office) -> None:
    await begin(desk)
    await does(desk, ("accept", "gz"), ("note", "gz"))
    await desk.shelf.hear_events(
        SUBMITTED.name, LETTER, WithdrawalRequested(request_id="r-1", reason="settled")
    )
    gone = LetterErased(what=("words",), rule="letters.five_years")
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, gone)
    (note,) = (await desk.get(f"/v1/letters/{LETTER}")).json()["notes"]
    assert (note["number"], note["text"]) == (1, None)


def test_a_rating_is_shown_with_its_comment() -> None:
    told = shown(LETTER, letter_of(at("rated").state), sight="all")
    (rated,) = told.remarks
    assert (rated.kind, rated.role, rated.solved, rated.score) == ("rated", "writer", False, 4)
    assert rated.text == f"谢谢，{NAME}"
    masked = Letter(**{**vars(letter_of(at("rated").state)), "masked": True})
    assert shown(LETTER, masked, sight="all").remarks[0].text is None


def test_nothing_of_it_is_shown_to_others() -> None:
    letter = letter_of(at("rated").state)
    for told in (shown(LETTER, letter, sight="past"), shown(LETTER, letter, sight="course")):
        assert (told.remarks, told.wish, told.draft, told.place) == ([], None, None, None)


def test_erasing_takes_the_words_out_of_all_of_it() -> None:
    story = at("closed").when(EraseContent(("words",), at=MONDAY))
    letter = letter_of(story.state)
    assert [one.kind for one in letter.remarks] == ["rated"]
    assert [one.text for one in letter.remarks] == [None]


@pytest.mark.parametrize("length", [10, 1_000])
def test_the_oldest_remarks_go_where_there_are_many(length: int) -> None:
    refused = DecideExtension(SUPERVISOR, later(), False, None, Reason(text="字" * length))
    asked = RequestMoreTime(**acting(), clock="reply", days=1, reason="complex", words=None)
    pair: tuple[Command, ...] = (asked, refused)
    story = at("handling").when(*pair * (MOST_REMARKS + 5))
    letter = letter_of(story.state)
    assert len(letter.remarks) + letter.remarks_dropped == 2 * (MOST_REMARKS + 5)
    assert len(letter.remarks) <= MOST_REMARKS
    assert sum(len(one.text or "") for one in letter.remarks) <= LARGEST_REMARKS
    assert letter.remarks[-1].kind == "extension_decided"


def test_states_of_before_are_still_read() -> None:
    adapter = TypeAdapter(Letter)
    context = {"seal": lambda _, plain: plain}
    letter = letter_of(at("routed").state)
    kept = adapter.dump_python(letter, mode="python", context=context)
    for name in ("remarks", "remarks_dropped", "confidence"):
        del kept[name]
    told = adapter.validate_python(kept)
    assert (told.remarks, told.confidence) == ((), None)
