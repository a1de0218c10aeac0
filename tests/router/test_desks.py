"""Actions of desks, chiefs and handlers over HTTP, and their answers."""

from shared.contracts.topics import PROGRESS, letters_of
from tests.intake.faces import is_problem
from tests.router.desking import CHIEF, PROVINCE, REFUSAL, WHY, begin, do, does, said
from tests.router.office import Office, accepting
from tests.router.story import BODY, LETTER, NAME, OTHER, PHONE, receive

# --- the ways that letters go ------------------------------------------------------------------


async def test_handlers_without_a_system_do_all_of_it_here(desk: Office) -> None:
    await begin(desk)
    shown = await does(
        desk,
        ("accept", "gz"),
        ("pass_on", "gz"),
        ("unit_accept", "gz-traffic"),
        ("note", "gz"),
        ("link", "gz"),
        ("request_extension", "gz"),
        ("decide_extension", CHIEF),
        ("instruct", PROVINCE),
        ("read", CHIEF),
        ("answer_instruction", "gz-traffic"),
        ("reply", "gz"),
        ("propose_publication", CHIEF),
    )
    assert (shown["state"], shown["holder"]) == ("replied", "guangzhou")
    (told,) = shown["instructions"]
    assert (told["due_on"], told["done"], told["text"]) == ("2026-11-26", True, WHY["text"])
    assert said(desk)[2:] == [
        "letter.accepted",
        "letter.passed_on",
        "unit.accepted",
        "note.added",
        "letter.linked",
        "extension.requested",
        "extension.decided",
        "instruction.given",
        "letter.read",
        "instruction.answered",
        "reply.submitted",
        "letter.replied",
        "publication.proposed",
    ]
    by = desk.shelf.said(PROGRESS.name)[2].data.by
    assert (by.role, by.bureau, by.staff) == ("handler", "guangzhou", "gz")


async def test_a_promise_made_at_the_desk_is_kept_at_the_desk(desk: Office) -> None:
    await begin(desk)
    await does(desk, ("accept", "gz"))
    promise = [{"due_on": "2026-12-31", "text": "年底前回访。"}]
    answer = await do(desk, "reply", "gz", commitments=promise)
    assert [one["done"] for one in answer.json()["commitments"]] == [False]
    shown = await does(desk, ("fulfil", "gz"))
    assert [one["done"] for one in shown["commitments"]] == [True]


async def test_a_question_is_asked_and_held_up(desk: Office) -> None:
    await begin(desk)
    shown = await does(desk, ("accept", "gz"), ("ask", "gz"))
    assert shown["state"] == "supplement"
    assert {one["clock"]: one["paused"] for one in shown["clocks"]} == {
        "reply": True,
        "answer": False,
    }
    assert [one["who"] for one in shown["conversation"]] == ["bureau"]


async def test_the_province_takes_back_and_sends_on(desk: Office) -> None:
    await begin(desk)
    shown = await does(
        desk,
        ("supervise", "wu"),
        ("mark_petition", "lin"),
        ("mark_disclosure", "wu"),
        ("recall", "wu"),
        ("route", "lin"),
        ("consent_return", "wu"),
        ("reclassify", "lin"),
        ("decline_at_triage", "lin"),
    )
    assert (shown["state"], shown["supervised"], shown["masked"]) == ("signing", True, True)
    assert shown["draft"] == {
        "number": 1,
        "kind": "refusal",
        "signers": ["chief"],
        "outcome": None,
        "decline_reason": "court_or_arbitration",
        "finding": None,
        "referred_to": None,
        "where_to_turn": "court",
        "commitments": [],
        "publication_proposed": False,
        "text": REFUSAL["text"],
    }
    assert (await does(desk, ("sign", PROVINCE)))["state"] == "declined"


async def test_a_chief_signs_or_sends_back(desk: Office) -> None:
    await begin(desk)
    shown = await does(desk, ("decline", "gz"), ("send_back", CHIEF))
    assert (shown["state"], shown["draft"]) == ("handling", None)
    shown = await does(desk, ("reply", "gz"))
    assert shown["state"] == "replied"


async def test_a_chief_signs_what_they_have_read_and_nothing_else(desk: Office) -> None:
    await begin(desk, category="complaint")
    shown = await does(desk, ("accept", "gz"), ("reply", "gz"))
    read = shown["draft"]["number"]
    await does(desk, ("send_back", CHIEF), ("reply", "gz"))
    assert is_problem(await do(desk, "sign", CHIEF, body={"draft": read}), "409 out_of_order")
    answer = await do(desk, "sign", CHIEF, body={"draft": read + 1})
    assert (answer.status_code, answer.json()["state"]) == (200, "replied")


async def test_a_letter_is_handed_back_at_the_desk(desk: Office) -> None:
    await begin(desk)
    answer = await do(desk, "return", "gz")
    assert (answer.json()["sight"], answer.json()["holder"]) == ("past", None)
    waiting = (await desk.get("/v1/triage")).json()["letters"]
    assert [one["reasons"] for one in waiting] == [["returned"]]
    assert is_problem(await do(desk, "accept", "gz"), "404 not_found")


async def test_of_whom_a_letter_complains_is_seen_and_stays_until_it_is_said(desk: Office) -> None:
    await begin(desk, None)
    about = {"kind": "bureau", "bureau": "guangzhou"}
    shown = (await do(desk, "reclassify", "lin", about=about, excluded=["foshan"])).json()
    assert (shown["about"]["bureau"], shown["excluded"]) == ("guangzhou", ["guangzhou", "foshan"])
    shown = (await do(desk, "reclassify", "lin", category="report")).json()
    assert (shown["about"]["bureau"], shown["excluded"]) == ("guangzhou", ["guangzhou", "foshan"])
    assert is_problem(await do(desk, "route", "lin"), "403 not_allowed")
    shown = (await do(desk, "reclassify", "lin", about=None)).json()
    assert (shown["about"], shown["excluded"]) == (None, ["foshan"])
    refused = await do(desk, "reclassify", "lin", excluded=["province"])
    assert is_problem(refused, "422 bad_value")
    assert (await desk.get(f"/v1/letters/{LETTER}")).json()["excluded"] == ["foshan"]


# --- what is shown -------------------------------------------------------------------------------


async def test_lists_hold_what_a_person_may_find(desk: Office) -> None:
    await begin(desk)
    await desk.receive(OTHER, receive("foshan", addressed_to="province"))
    await desk.route(OTHER, "foshan")
    mine = (await desk.get("/v1/letters", "gz", state="routed")).json()["letters"]
    assert [(one["letter"], one["state"]) for one in mine] == [(LETTER, "routed")]
    assert mine[0]["due_at"] == "2026-11-24T16:00:00Z"
    assert mine[0]["subject"] == f"{NAME}反映路灯问题"
    foreign = await desk.get("/v1/letters", "gz", state="routed", holder="foshan")
    assert foreign.json()["letters"] == []
    followed = (await desk.get("/v1/follow_up", "pv")).json()["letters"]
    assert [(one["letter"], one["subject"]) for one in followed] == [(OTHER, None)]
    assert (await desk.get("/v1/follow_up", "gz")).json()["letters"] == []
    whole = (await desk.get("/v1/follow_up", "wu")).json()["letters"]
    assert [one["subject"] for one in whole] == [f"{NAME}反映路灯问题"]
    assert is_problem(await desk.get("/v1/letters", "mei", state="routed"), "403 not_allowed")
    assert (await desk.get("/v1/letters", "gz")).status_code == 422


async def test_what_the_province_follows_leaves_the_list_with_its_end(
    desk: Office,
) -> None:
    await desk.receive(told=receive("guangzhou", addressed_to="province"))
    await desk.route(LETTER, "guangzhou")
    assert len((await desk.get("/v1/follow_up", "wu")).json()["letters"]) == 1
    await does(desk, ("decline", "gz"), ("sign", CHIEF))
    assert (await desk.get("/v1/follow_up", "wu")).json()["letters"] == []


async def test_a_masked_letter_shows_its_writer_nowhere(desk: Office) -> None:
    await begin(desk, category="complaint")
    await desk.act(accepting())
    for who in ("gz", CHIEF, "wu"):
        answer = await desk.get(f"/v1/letters/{LETTER}", who)
        text = answer.text
        assert "〔本人姓名〕" in text
        assert not [secret for secret in (NAME, PHONE, BODY) if secret in text]


async def test_nothing_of_what_was_typed_is_kept_in_clear(desk: Office) -> None:
    await begin(desk)
    await does(desk, ("accept", "gz"), ("note", "gz"), ("ask", "gz"))
    kept = str(desk.shelf.documents.kept[LETTER])
    assert WHY["text"] not in kept
    copies = desk.shelf.said(letters_of("guangzhou").name)
    assert not any(one.data.by.staff for one in copies if hasattr(one.data, "by"))
