"""Who writes: minors, people with other documents, and people who write for others."""

from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.letter import IntakeLetter
from shared.contracts import topics
from shared.contracts.values import WriterFacts
from tests.intake.emergencies import STOP, guarded_front
from tests.intake.faces import is_problem, token
from tests.intake.front import Front, body
from tests.support.sealed_shell import opened

LETTERS = topics.SUBMITTED.name
CHILD, TEEN = "440199201506011277", "440199201003151198"
GUARDIAN = {"name": "安大树", "phone": "15400009999", "relation": "parent"}
PHONE = "15400003333"


async def sent(desk: Front, *, claims: dict[str, Any], **over: Any) -> Any:
    """The answer to a letter of a person with these claims."""
    given = token("someone", at=desk.shelf.now(), name="安小苗", phone_number=PHONE, **claims)
    headers = {"authorization": f"Bearer {given}"}
    return await desk.post("/v1/letters", body(**{"channel": "web"} | over), who=None, **headers)


async def facts_of(desk: Front, answer: Any) -> WriterFacts | None:
    """What the event says of the writer."""
    assert answer.status_code == 201, answer.text
    (said,) = desk.shelf.said(LETTERS)
    found: WriterFacts | None = said.data.writer
    return found


async def test_a_child_needs_a_guardian(desk: Front) -> None:
    answer = await sent(desk, claims={"id_number": CHILD})
    assert is_problem(answer, "422 guardian_needed")
    assert "监护人" in answer.json()["title"]
    assert desk.shelf.said(LETTERS) == []


async def test_with_a_guardian_a_child_writes_and_handlers_learn_that(desk: Front) -> None:
    writer = {"guardian": GUARDIAN}
    text = f"我妈妈是{GUARDIAN['name']}，电话{GUARDIAN['phone']}。"
    answer = await sent(desk, claims={"id_number": CHILD}, writer=writer, body=text)
    facts = await facts_of(desk, answer)
    assert facts == WriterFacts(age_group="under_14", guardian_consent=True)
    letter = await desk.letter(answer.json()["letter"])
    assert isinstance(letter, IntakeLetter)
    assert letter.identity
    assert letter.identity.guardian
    assert letter.words
    assert letter.identity.guardian.model_dump() == GUARDIAN
    assert [span.what for span in letter.words.own_spans] == ["name", "phone"]


async def test_of_others_under_18_handlers_learn_it(desk: Front) -> None:
    facts = await facts_of(desk, await sent(desk, claims={"id_number": TEEN}))
    assert facts == WriterFacts(age_group="14_to_17")


async def test_an_emergency_of_a_child_is_not_held_up(tmp_path: Path) -> None:
    async with guarded_front(tmp_path) as desk:
        answer = await sent(desk, claims={"id_number": CHILD}, body=f"写明{STOP}的信")
    assert is_problem(answer, "422 emergency")
    assert answer.json()["diversion"]


async def test_a_passports_age_is_that_of_the_sign_in(desk: Front) -> None:
    claims = {"id_number": "E00000417", "document_type": "passport", "birthdate": "2015-01-01"}
    assert is_problem(await sent(desk, claims=claims), "422 guardian_needed")


async def test_a_passport_is_sealed_with_its_kind_and_marked(desk: Front) -> None:
    claims = {"id_number": "E00000417", "document_type": "passport"}
    answer = await sent(desk, claims=claims, body="我的号码是Ｅ０００－００４１７。")
    assert await facts_of(desk, answer) is None
    (said,) = desk.shelf.said(LETTERS)
    identity = opened(said, "intake").identity
    assert (identity.document_type, identity.id_number) == ("passport", "E00000417")
    letter = await desk.letter(answer.json()["letter"])
    assert isinstance(letter, IntakeLetter)
    assert letter.words
    assert [span.what for span in letter.words.own_spans] == ["travel_doc"]


@pytest.mark.parametrize(
    "claims",
    [
        {"document_type": "library_card"},
        {"document_type": "resident_id", "id_number": "440199198804122182"},
        {"document_type": ["passport"]},
        {"birthdate": "yesterday"},
        {"birthdate": 20150101},
    ],
)
async def test_a_token_with_an_impossible_document_opens_nothing(
    desk: Front, claims: dict[str, Any]
) -> None:
    answer = await sent(desk, claims={"id_number": CHILD} | claims)
    assert is_problem(answer, "401 not_signed_in")


@pytest.mark.parametrize("born", ["2015", "0000-06-01"])
async def test_a_date_of_birth_without_a_day_or_a_year_is_unknown(desk: Front, born: str) -> None:
    claims = {"id_number": "H00000019", "document_type": "hong_kong_macao_permit"}
    assert (await sent(desk, claims=claims | {"birthdate": born})).status_code == 201


async def test_for_whom_and_by_what_right_is_told_and_the_name_stays_sealed(desk: Front) -> None:
    writer = {"acting_as": "relative", "helped": {"name": "安老根", "phone": "15400008888"}}
    answer = await desk.submit(on_behalf="parent", writer=writer, body="我爸安老根的事。")
    facts = await facts_of(desk, answer)
    assert facts == WriterFacts(on_behalf="parent", acting_as="relative")
    assert "安老根" not in desk.shelf.said(LETTERS)[0].data.model_dump_json()
    letter = await desk.letter(answer.json()["letter"])
    assert isinstance(letter, IntakeLetter)
    assert letter.identity
    assert letter.identity.helped
    assert letter.words
    assert letter.identity.helped.name == "安老根"
    assert [span.what for span in letter.words.own_spans] == ["name"]


@pytest.mark.parametrize(
    "writer",
    [
        {"guardian": {"name": "安大树", "phone": "15400009999", "relation": "friend"}},
        {"guardian": {"name": "", "phone": "15400009999", "relation": "parent"}},
        {"guardian": {"name": "安大树", "phone": "none", "relation": "parent"}},
        {"guardian": {"name": "安大树", "relation": "parent"}},
        {"acting_as": "king"},
        {"helped": {"phone": "15400009999"}},
        {"age_group": None},
        "parent",
    ],
)
async def test_what_is_wrong_about_the_writer_is_refused_by_name(desk: Front, writer: Any) -> None:
    answer = await desk.submit(writer=writer)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("writer")
    assert "安大树" not in answer.text


async def test_new_contact_details_keep_the_guardian(desk: Front) -> None:
    number = await desk.taken_in(writer={"guardian": GUARDIAN})
    contact = {"contact": {"phone": "15400007777"}}
    assert (await desk.post(f"/v1/letters/{number}/contact", contact)).status_code == 204
    letter = await desk.letter(number)
    assert isinstance(letter, IntakeLetter)
    assert letter.identity
    assert letter.identity.guardian
    assert letter.identity.guardian.name == GUARDIAN["name"]
