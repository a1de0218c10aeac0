"""Nobody sees a masked letter's writer alone: one requests, another grants, the view ends."""

from datetime import timedelta
from typing import Any

import pytest

from services.intake.domain.identity_reveals import MOST_REVEALS
from shared.contracts.progress_v1 import LetterRecalled, LetterReclassified
from shared.contracts.submitted_v1 import RevealDecided, RevealRequested
from shared.contracts.values import About, By
from tests.intake.faces import is_problem, token
from tests.intake.front import Front
from tests.intake.story import NAME, fact, received, routed, withdrawn
from tests.intake.test_reveals import HANDLER, LETTERS, SHOWN, WHY, ask, held, listed
from tests.support.sealed_shell import opened

ASKER, GRANTER = "s-4471", "s-9"
YES, NO = {"granted": True}, {"granted": False}
STEPS = ("reveal.requested", "reveal.decided", "identity.revealed")


async def call(
    desk: Front,
    path: str,
    *roles: str,
    who: str,
    body: Any = None,
    key: str | None = "step-key-1",
    signed_in: timedelta = timedelta(),
) -> Any:
    """A request by a person with these roles."""
    at = desk.shelf.now()
    given = token(who, at=at, roles=list(roles), auth_time=int((at - signed_in).timestamp()))
    content = {} if body is None else body
    return await desk.post(path, content, who=None, key=key, authorization=f"Bearer {given}")


async def request(desk: Front, number: str, *roles: str, **how: Any) -> Any:
    """A handler asks."""
    how = {"who": ASKER, "body": WHY} | how
    return await call(desk, f"/v1/letters/{number}/reveals", *(roles or (HANDLER,)), **how)


async def decide(desk: Front, number: str, name: str, *roles: str, **how: Any) -> Any:
    """Another person decides."""
    how = {"who": GRANTER, "body": YES} | how
    path = f"/v1/letters/{number}/reveals/{name}/decision"
    return await call(desk, path, *(roles or ("supervisor",)), **how)


async def view(desk: Front, number: str, name: str, *roles: str, **how: Any) -> Any:
    """The handler looks."""
    path = f"/v1/letters/{number}/reveals/{name}/identity"
    return await call(desk, path, *(roles or (HANDLER,)), **{"who": ASKER, "key": None} | how)


async def asked(desk: Front, category: str = "complaint") -> tuple[str, str]:
    """A masked letter of Guangzhou's, and the name of a handler's request."""
    number = await held(desk, category=category)
    answer = await request(desk, number)
    assert answer.status_code == 201, answer.text
    return number, answer.json()["reveal"]


async def page(desk: Front, path: str, *roles: str, who: str = "s-he", **query: str) -> Any:
    """A list over all letters."""
    given = token(who, at=desk.shelf.now(), roles=list(roles))
    return await desk.client.get(path, params=query, headers={"authorization": f"Bearer {given}"})


def steps(desk: Front) -> list[str]:
    return [one for one in desk.shelf.said_types(LETTERS) if one in STEPS]


@pytest.mark.parametrize("category", ["complaint", "report"])
@pytest.mark.parametrize("role", [HANDLER, "supervisor"])
async def test_nobody_sees_the_writer_of_a_masked_letter_alone(
    desk: Front, category: str, role: str
) -> None:
    number = await held(desk, category=category)
    answer = await ask(desk, number, role)
    assert is_problem(answer, "403 needs_grant")
    assert NAME not in answer.text
    assert steps(desk) == []


@pytest.mark.parametrize("granter", ["supervisor", "custodian"])
async def test_one_asks_another_grants_and_the_first_looks(desk: Front, granter: str) -> None:
    number, name = await asked(desk)
    assert is_problem(await view(desk, number, name), "403 needs_grant")
    granted = await decide(desk, number, name, granter)
    assert (granted.status_code, granted.json()["granted"]) == (200, True)
    shown = [await view(desk, number, name) for _ in range(2)]
    assert [(one.status_code, one.json()) for one in shown] == [(200, SHOWN)] * 2
    assert steps(desk) == [*STEPS]
    first, second, third = [one for one in desk.shelf.said(LETTERS) if one.data.type in TYPES]
    assert isinstance(first.data, RevealRequested)
    assert (first.data.bureau, first.data.assignment, first.data.staff) == ("guangzhou", 1, ASKER)
    assert opened(first, "router").words.text == WHY["text"]
    assert isinstance(second.data, RevealDecided)
    assert (second.data.staff, second.data.reveal) == (GRANTER, name)
    assert second.data.until == desk.shelf.now() + timedelta(minutes=15)
    assert (third.data.staff, third.data.reveal) == (ASKER, name)


TYPES = {f"gd.mailbox.{step}.v1" for step in STEPS}


async def test_the_view_ends_after_a_quarter_of_an_hour(desk: Front) -> None:
    number, name = await asked(desk)
    await decide(desk, number, name)
    assert (await view(desk, number, name)).status_code == 200
    desk.shelf.now.pass_by(minutes=15, seconds=1)
    late = await view(desk, number, name)
    assert is_problem(late, "409 too_late")
    assert NAME not in late.text


async def test_a_grant_that_nobody_used_ends_as_well(desk: Front) -> None:
    number, name = await asked(desk)
    await decide(desk, number, name)
    desk.shelf.now.pass_by(minutes=16)
    assert is_problem(await view(desk, number, name), "409 too_late")
    assert steps(desk) == [*STEPS[:2]]


async def test_what_the_writer_gives_meanwhile_is_not_shown(desk: Front) -> None:
    number, name = await asked(desk)
    await decide(desk, number, name)
    assert (await view(desk, number, name)).json() == SHOWN
    await desk.post(f"/v1/letters/{number}/contact", {"address": "佛山市无名路9号"})
    assert (await view(desk, number, name)).json() == SHOWN


async def test_a_refusal_shows_nobody(desk: Front) -> None:
    number, name = await asked(desk)
    assert (await decide(desk, number, name, body=NO)).json()["granted"] is False
    assert is_problem(await view(desk, number, name), "403 needs_grant")
    again = await decide(desk, number, name, key="step-key-2")
    assert is_problem(again, "409 already_done")


# --- who may not -------------------------------------------------------------------------------


async def test_nobody_grants_what_they_asked_themself(desk: Front) -> None:
    number, name = await asked(desk)
    answer = await decide(desk, number, name, HANDLER, "supervisor", who=ASKER)
    assert is_problem(answer, "403 not_allowed")


@pytest.mark.parametrize(
    "role", [HANDLER, "bureau:guangzhou:chief", "triage", "director", "auditor", "duty"]
)
async def test_other_roles_decide_nothing(desk: Front, role: str) -> None:
    number, name = await asked(desk)
    assert is_problem(await decide(desk, number, name, role), "403 not_allowed")


async def test_whoever_decides_and_whoever_looks_has_just_signed_in(desk: Front) -> None:
    number, name = await asked(desk)
    stale = {"signed_in": timedelta(minutes=6)}
    assert is_problem(await decide(desk, number, name, **stale), "401 sign_in_again")
    await decide(desk, number, name)
    assert is_problem(await view(desk, number, name, **stale), "401 sign_in_again")
    assert steps(desk) == [*STEPS[:2]]


async def test_only_who_asked_looks(desk: Front) -> None:
    number, name = await asked(desk)
    await decide(desk, number, name)
    assert is_problem(await view(desk, number, name, who="s-77"), "404 not_found")
    foreign = await view(desk, number, name, "bureau:foshan:handler")
    assert is_problem(foreign, "404 not_found")
    assert is_problem(await view(desk, number, "a.b$c"), "404 not_found")
    assert steps(desk) == [*STEPS[:2]]


@pytest.mark.parametrize(
    "role", ["bureau:foshan:handler", "bureau:guangzhou:chief", "supervisor", "custodian"]
)
async def test_only_a_handler_of_the_holder_asks(desk: Front, role: str) -> None:
    number = await held(desk, category="complaint")
    assert (await request(desk, number, role)).status_code in (403, 404)
    assert steps(desk) == []


async def test_nobody_asks_for_what_the_holder_may_see(desk: Front) -> None:
    number = await held(desk)
    assert is_problem(await request(desk, number), "409 out_of_order")


async def test_a_grant_ends_with_the_holding(desk: Front) -> None:
    number, name = await asked(desk)
    await decide(desk, number, name)
    recalled = fact(
        LetterRecalled,
        holder="triage",
        state="triage",
        from_bureau="guangzhou",
        reason="wrong_bureau",
    )
    await desk.progress(number, recalled)
    assert is_problem(await view(desk, number, name), "404 not_found")
    again = routed().model_copy(update={"assignment": 2})
    await desk.progress(number, again)
    assert is_problem(await view(desk, number, name), "409 stale_assignment")


async def test_a_letter_taken_back_is_granted_to_nobody(desk: Front) -> None:
    number, name = await asked(desk)
    await desk.progress(number, withdrawn())
    assert is_problem(await decide(desk, number, name), "409 out_of_order")
    assert (await decide(desk, number, name, body=NO)).status_code == 200


async def test_requests_are_limited(desk: Front) -> None:
    number = await held(desk, category="complaint")
    answers = [await request(desk, number, key=f"request-{n:04}") for n in range(MOST_REVEALS + 1)]
    assert {one.status_code for one in answers[:-1]} == {201}
    assert is_problem(answers[-1], "429 limit")


# --- what is masked ----------------------------------------------------------------------------


async def test_what_a_desk_calls_a_complaint_needs_two_people_at_once(desk: Front) -> None:
    number = await held(desk)
    masks = fact(LetterReclassified, category="complaint", masked=True)
    await desk.progress(number, masks)
    assert is_problem(await ask(desk, number, HANDLER), "403 needs_grant")


@pytest.mark.parametrize(("role", "status"), [("triage", 403), ("supervisor", 200)])
async def test_only_a_supervisor_unmasks_for_good(desk: Front, role: Any, status: int) -> None:
    number = await held(desk, category="complaint")
    unmasks = fact(LetterReclassified, category="request", masked=False, by=By(role=role))
    await desk.progress(number, unmasks)
    assert (await ask(desk, number, HANDLER)).status_code == status


# --- who sees that it happened -----------------------------------------------------------------


async def test_the_writer_sees_every_step_and_no_person(desk: Front) -> None:
    number, name = await asked(desk)
    (before,) = (await desk.get(f"/v1/letters/{number}")).json()["reveals"]
    assert (before["granted"], before["signed_in_at"]) == (None, None)
    await decide(desk, number, name)
    await view(desk, number, name)
    seen = (await desk.get(f"/v1/letters/{number}")).json()["reveals"]
    assert seen == [
        {
            "role": "handler",
            "bureau": "guangzhou",
            "reason": "to_reach_writer",
            "requested_at": "2026-11-24T04:00:00Z",
            "granted": True,
            "decided_at": "2026-11-24T04:00:00Z",
            "until": "2026-11-24T04:15:00Z",
            "signed_in_at": "2026-11-24T04:00:00Z",
            "revealed_at": "2026-11-24T04:00:00Z",
        }
    ]


async def test_who_asked_sees_what_was_decided(desk: Front) -> None:
    number, name = await asked(desk)
    await decide(desk, number, name, body=NO)
    given = token(ASKER, at=desk.shelf.now(), roles=[HANDLER])
    headers = {"authorization": f"Bearer {given}"}
    answer = await desk.client.get(f"/v1/letters/{number}/reveals", headers=headers)
    (own,) = answer.json()["reveals"]
    assert (own["reveal"], own["granted"], own["decided_by"]) == (name, False, GRANTER)


async def test_auditors_list_all_of_them_page_by_page(desk: Front) -> None:
    numbers = []
    for _ in range(51):
        desk.shelf.now.pass_by(seconds=1)
        numbers.append((await asked(desk))[0])
    await desk.taken_in()
    first = (await page(desk, "/v1/reveals", "auditor")).json()
    rest = (await page(desk, "/v1/reveals", "auditor", after=first["next"])).json()
    assert [one["letter"] for one in (*first["letters"], *rest["letters"])] == numbers
    assert rest["next"] is None
    (one,) = rest["letters"][0]["reveals"]
    assert (one["staff"], one["text"]) == (ASKER, WHY["text"])
    since = {"since": desk.shelf.now().isoformat()}
    lately = (await page(desk, "/v1/reveals", "auditor", **since)).json()
    assert [one["letter"] for one in lately["letters"]] == numbers[-1:]


async def test_a_letter_with_a_new_step_comes_last(desk: Front) -> None:
    (first, name), (second, _) = await asked(desk), await asked(desk)
    desk.shelf.now.pass_by(seconds=1)
    await decide(desk, first, name)
    found = (await page(desk, "/v1/reveals", "supervisor")).json()["letters"]
    assert [one["letter"] for one in found] == [second, first]


async def test_what_waits_leaves_the_list_once_it_is_decided_or_past_deciding(
    desk: Front,
) -> None:
    (first, name), (second, _) = await asked(desk), await asked(desk)
    waiting = (await page(desk, "/v1/reveals/waiting", "custodian")).json()["letters"]
    assert [one["letter"] for one in waiting] == [first, second]
    await decide(desk, first, name)
    await desk.progress(second, withdrawn())
    assert (await page(desk, "/v1/reveals/waiting", "custodian")).json()["letters"] == []
    whole = (await page(desk, "/v1/reveals", "custodian")).json()["letters"]
    assert [one["letter"] for one in whole] == [first, second]


async def test_lists_are_for_those_who_decide_and_audit(desk: Front) -> None:
    await asked(desk)
    for role in (HANDLER, "triage", "director", "editor", "duty"):
        assert is_problem(await page(desk, "/v1/reveals", role), "403 not_allowed")
    assert is_problem(await page(desk, "/v1/reveals/waiting", "auditor"), "403 not_allowed")


async def test_nobody_finds_a_complaint_about_themself_among_them(desk: Front) -> None:
    number = await desk.taken_in(category="complaint")
    about = About(kind="unit", bureau="guangzhou", police_type="traffic")
    await desk.progress(number, received().model_copy(update={"about": about}), routed())
    answer = await request(desk, number, "bureau:guangzhou:inspection:handler")
    assert answer.status_code == 201
    both = await page(desk, "/v1/reveals", "supervisor", "bureau:guangzhou:traffic:handler")
    assert both.json()["letters"] == []
    assert len((await page(desk, "/v1/reveals", "supervisor")).json()["letters"]) == 1
    name = answer.json()["reveal"]
    kept = await decide(desk, number, name, "supervisor", "bureau:guangzhou:traffic:handler")
    assert is_problem(kept, "404 not_found")


async def test_no_document_shows_why_somebody_asked(desk: Front) -> None:
    number, name = await asked(desk)
    await decide(desk, number, name)
    await view(desk, number, name)
    document = str(desk.shelf.documents.kept)
    assert WHY["text"] not in document
    assert NAME not in document
    assert (await listed(desk, number, "auditor")).json()["reveals"][0]["text"] == WHY["text"]
