"""Which staff may see a letter's writer: freshly signed in, with a reason, on record."""

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from shared.contracts import topics
from shared.contracts.progress_v1 import (
    ConflictDeclared,
    LetterRecalled,
    LetterReceived,
    LetterReclassified,
)
from shared.contracts.submitted_v1 import IdentityRevealed, LetterErased
from shared.contracts.values import About
from tests.intake.faces import is_problem, token
from tests.intake.front import Front
from tests.intake.hostile import BAD_KEYS, BLANKS, MARKER, OPERATORS, TRICKS
from tests.intake.story import (
    ADDRESS,
    ID_NUMBER,
    NAME,
    OTHER,
    PHONE,
    SECOND_PHONE,
    fact,
    received,
    routed,
    withdrawn,
)
from tests.support.sealed_shell import opened

LETTERS = topics.SUBMITTED.name
WHY = {"reason": "to_reach_writer", "text": "电话不通，需当面核实"}
HANDLER, CHIEF = "bureau:guangzhou:handler", "bureau:guangzhou:chief"
SHOWN = {
    "name": NAME,
    "document_type": "resident_id",
    "id_number": ID_NUMBER,
    "phone": PHONE,
    "address": ADDRESS,
    "guardian": None,
    "helped": None,
}


async def held(desk: Front, **over: Any) -> str:
    """A letter that Guangzhou holds."""
    number = await desk.taken_in(**over)
    await desk.progress(number, received(), routed())
    return number


async def ask(
    desk: Front,
    number: str,
    *roles: str,
    who: str = "s-4471",
    body: Any = WHY,
    key: str = "reveal-key-1",
    signed_in: timedelta = timedelta(),
) -> Any:
    """A person with these roles requests the writer's identity."""
    at = desk.shelf.now()
    given = token(who, at=at, roles=list(roles), auth_time=int((at - signed_in).timestamp()))
    return await desk.post(
        f"/v1/letters/{number}/reveal", body, who=None, key=key, authorization=f"Bearer {given}"
    )


async def listed(desk: Front, number: str, *roles: str) -> Any:
    given = token("s-wu", at=desk.shelf.now(), roles=list(roles))
    headers = {"authorization": f"Bearer {given}"}
    return await desk.client.get(f"/v1/letters/{number}/reveals", headers=headers)


def reveals(desk: Front) -> list[str]:
    return [one for one in desk.shelf.said_types(LETTERS) if one == "identity.revealed"]


@pytest.mark.parametrize(
    ("role", "says"),
    [(HANDLER, ("handler", "guangzhou")), ("supervisor", ("supervisor", None))],
)
async def test_who_may_is_shown_and_it_is_recorded_once(
    desk: Front, role: str, says: tuple[str, str | None]
) -> None:
    number = await held(desk)
    answers = [await ask(desk, number, role) for _ in range(3)]
    assert [(one.status_code, one.json()) for one in answers] == [(200, SHOWN)] * 3
    assert reveals(desk) == ["identity.revealed"]
    said = desk.shelf.said(LETTERS)[-1]
    event: IdentityRevealed = said.data
    assert (event.role, event.bureau, event.staff, event.reason) == (
        *says,
        "s-4471",
        "to_reach_writer",
    )
    assert event.signed_in_at == event.revealed_at == desk.shelf.now()
    assert set(event.words or ()) == {"router", "intake"}
    assert opened(said, "router").words.text == WHY["text"]


async def test_the_writer_sees_that_it_happened_and_not_by_whom(desk: Front) -> None:
    number = await held(desk)
    await ask(desk, number, HANDLER)
    seen = (await desk.get(f"/v1/letters/{number}")).json()
    assert seen["reveals"] == [
        {
            "role": "handler",
            "bureau": "guangzhou",
            "reason": "to_reach_writer",
            "requested_at": None,
            "granted": None,
            "decided_at": None,
            "until": None,
            "signed_in_at": "2026-11-24T04:00:00Z",
            "revealed_at": "2026-11-24T04:00:00Z",
        }
    ]
    assert "s-4471" not in str(seen)
    assert WHY["text"] not in str(seen)


async def test_supervisors_and_auditors_see_by_whom_and_why(desk: Front) -> None:
    number = await held(desk)
    await ask(desk, number, HANDLER)
    await ask(desk, number, "supervisor", who="s-77", key="reveal-key-2")
    for role in ("supervisor", "auditor", "custodian"):
        (first, second) = (await listed(desk, number, role)).json()["reveals"]
        assert (first["staff"], first["text"]) == ("s-4471", WHY["text"])
        assert (second["staff"], second["role"]) == ("s-77", "supervisor")
    for role in ("triage", "director", "duty"):
        assert is_problem(await listed(desk, number, role), "403 not_allowed")
    for role in (CHIEF, "bureau:foshan:handler"):
        assert is_problem(await listed(desk, number, role), "404 not_found")


async def test_a_handler_reads_what_they_asked_themself(desk: Front) -> None:
    number = await held(desk)
    await ask(desk, number, HANDLER, who="s-wu")
    await ask(desk, number, HANDLER, key="reveal-key-2")
    (own,) = (await listed(desk, number, HANDLER)).json()["reveals"]
    assert own["staff"] == "s-wu"


async def test_another_key_is_another_reveal(desk: Front) -> None:
    number = await held(desk)
    for key in ("reveal-key-1", "reveal-key-2"):
        assert (await ask(desk, number, HANDLER, key=key)).status_code == 200
    assert len(reveals(desk)) == 2


# --- the same key again ------------------------------------------------------------------------


async def test_a_repeat_shows_what_it_showed_and_not_what_the_writer_gave_since(
    desk: Front,
) -> None:
    number = await held(desk)
    assert (await ask(desk, number, HANDLER)).json() == SHOWN
    await desk.post(f"/v1/letters/{number}/contact", {"address": "佛山市无名路9号"})
    assert (await ask(desk, number, HANDLER)).json() == SHOWN
    later = await ask(desk, number, HANDLER, key="reveal-key-2")
    assert later.json() == {**SHOWN, "address": "佛山市无名路9号"}
    assert len(reveals(desk)) == 2


async def test_a_repeat_shows_nothing_after_a_quarter_of_an_hour(desk: Front) -> None:
    number = await held(desk)
    assert (await ask(desk, number, HANDLER)).status_code == 200
    desk.shelf.now.pass_by(minutes=15)
    assert (await ask(desk, number, HANDLER)).json() == SHOWN
    desk.shelf.now.pass_by(seconds=1)
    late = await ask(desk, number, HANDLER)
    assert is_problem(late, "409 too_late")
    assert NAME not in late.text
    assert len(reveals(desk)) == 1


async def test_a_repeat_shows_nobody_once_the_letter_is_masked(desk: Front) -> None:
    number = await held(desk)
    assert (await ask(desk, number, HANDLER)).status_code == 200
    masked = fact(LetterReclassified, category="complaint", masked=True)
    await desk.progress(number, masked)
    assert is_problem(await ask(desk, number, HANDLER), "403 needs_grant")


# --- who may not -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "roles",
    [
        ("bureau:foshan:handler",),
        ("bureau:foshan:handler", "bureau:foshan:chief"),
        (CHIEF,),
        ("bureau:guangzhou:traffic:handler",),
        ("bureau:guangzhou-x:handler",),
    ],
)
async def test_others_of_the_bureaus_learn_nothing_not_even_that_there_is_a_letter(
    desk: Front, roles: tuple[str, ...]
) -> None:
    number = await held(desk)
    answers = [await ask(desk, one, *roles) for one in (number, OTHER, "x", "a" * 300)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert reveals(desk) == []


@pytest.mark.parametrize("roles", [("triage",), ("director",), ("auditor",), ("editor",), ()])
async def test_other_roles_do_not_come_in(desk: Front, roles: tuple[str, ...]) -> None:
    number = await held(desk)
    assert is_problem(await ask(desk, number, *roles), "403 not_allowed")
    assert is_problem(await desk.post(f"/v1/letters/{number}/reveal", WHY), "403 not_allowed"), (
        "the writer is no staff"
    )
    assert is_problem(
        await desk.post(f"/v1/letters/{number}/reveal", WHY, who=None), "401 not_signed_in"
    )
    assert reveals(desk) == []


async def test_a_claim_of_a_form_that_nobody_knows_shows_nobody(desk: Front) -> None:
    number = await held(desk)
    at_the_door = await ask(desk, number, "triage", "supervisor:trainee")
    assert is_problem(at_the_door, "403 not_allowed")
    inside = await ask(desk, number, CHIEF, "triage", "supervisor:trainee")
    assert is_problem(inside, "404 not_found")
    assert reveals(desk) == []


async def test_a_sign_in_of_long_ago_is_not_enough(desk: Front) -> None:
    number = await held(desk)
    answer = await ask(desk, number, "supervisor", signed_in=timedelta(minutes=6))
    assert is_problem(answer, "401 sign_in_again")
    assert reveals(desk) == []


async def test_a_former_holder_learns_nothing_more(desk: Front) -> None:
    number = await held(desk)
    recalled = fact(
        LetterRecalled,
        holder="triage",
        state="triage",
        from_bureau="guangzhou",
        reason="wrong_bureau",
    )
    await desk.progress(number, recalled)
    assert is_problem(await ask(desk, number, HANDLER), "404 not_found")
    assert (await ask(desk, number, "supervisor")).status_code == 200


@pytest.mark.parametrize(
    ("about", "role", "status"),
    [
        (About(kind="bureau", level="province"), "supervisor", 404),
        (About(kind="unit", bureau="guangzhou", police_type="traffic"), HANDLER, 404),
        (
            About(kind="unit", bureau="guangzhou", police_type="traffic"),
            "bureau:guangzhou:inspection:handler",
            403,
        ),
        (
            About(kind="officer", bureau="guangzhou", level="station", officer="s-4471"),
            HANDLER,
            404,
        ),
    ],
)
@pytest.mark.parametrize("found", ["at once", "later"])
async def test_a_complaint_shows_its_writer_to_nobody_whom_it_is_about(
    desk: Front, about: About, role: str, status: int, found: str
) -> None:
    number = await desk.taken_in(category="complaint")
    first: LetterReceived = received()
    if found == "at once":
        await desk.progress(number, first.model_copy(update={"about": about}), routed())
    else:
        reclassified = fact(LetterReclassified, category="complaint", masked=True, about=about)
        await desk.progress(number, first, routed(), reclassified)
    assert (await ask(desk, number, role)).status_code == status


async def test_a_letter_that_was_withdrawn_is_its_writers_again(desk: Front) -> None:
    number = await held(desk)
    await desk.progress(number, withdrawn())
    assert is_problem(await ask(desk, number, HANDLER), "409 out_of_order")
    assert (await ask(desk, number, "supervisor")).status_code == 200


async def test_an_identity_that_was_erased_is_shown_to_nobody(desk: Front) -> None:
    number = await held(desk, contact={})
    kept = await desk.letter(number)
    rules = desk.shelf.rules
    bare = rules.evolve(kept, LetterErased(what=("identity",), rule="letters.five_years"))
    sealed = desk.shelf.seals.seal_state(rules.state, bare, letter=number)
    desk.shelf.documents.kept[number]["state"] = sealed
    assert is_problem(await ask(desk, number, "supervisor"), "409 out_of_order")


# --- bad input ---------------------------------------------------------------------------------

BAD: list[tuple[str, Any]] = [
    *(("reason", value) for value in (*OPERATORS, "curiosity", "", None, 7, MARKER)),
    *(("text", value) for value in (*OPERATORS, *TRICKS, *BLANKS, 7, "长" * 1_001)),
    *(("more", value) for value in (MARKER, None)),
]


async def test_a_bad_reason_shows_nobody_and_echoes_nothing(desk: Front) -> None:
    number = await held(desk)
    for field, value in BAD:
        answer = await ask(desk, number, "supervisor", body={**WHY, field: value})
        assert is_problem(answer, "422 invalid"), (field, value)
        assert MARKER not in answer.text
        assert NAME not in answer.text
    assert is_problem(await ask(desk, number, "supervisor", body={}), "422 invalid")
    for key in BAD_KEYS[:5]:
        assert is_problem(await ask(desk, number, "supervisor", key=key), "422 invalid")
    assert reveals(desk) == []


async def test_reveals_are_counted_without_a_trace_of_anyone(
    desk: Front, caplog: pytest.LogCaptureFixture
) -> None:
    labels = {"role": "handler", "reason": "to_reach_writer"}
    name = "mailbox_intake_identities_revealed_total"
    before = REGISTRY.get_sample_value(name, labels) or 0
    caplog.set_level("DEBUG")
    await ask(desk, await held(desk), HANDLER)
    assert REGISTRY.get_sample_value(name, labels) == before + 1
    for secret in (NAME, ID_NUMBER, PHONE, SECOND_PHONE, ADDRESS, WHY["text"], "s-4471"):
        assert secret not in caplog.text
    document = str(desk.shelf.documents.kept)
    assert WHY["text"] not in document
    assert NAME not in document


async def test_who_declared_a_conflict_finds_no_such_letter(desk: Front) -> None:
    number = await held(desk)
    await desk.progress(number, fact(ConflictDeclared, staff="s-4471"))
    assert (await ask(desk, number, HANDLER)).status_code == 404
    assert (await ask(desk, number, HANDLER, who="s-5", key="reveal-key-2")).status_code == 200
