"""A writer gets a signed receipt, the same whenever it is asked for; nobody else gets it."""

from pathlib import Path
from typing import Any

from services.intake.domain.erasure import EraseLetterParts
from shared.kernel.letter_receipts import RECEIPT_MEMBERS, text_digest
from shared.platform.crypto.signing_keys import verify
from shared.platform.letters.service_decider import IdempotentCommand
from tests.intake.emergencies import ASK, PLANTED
from tests.intake.faces import is_problem
from tests.intake.front import Front, body, front
from tests.intake.story import received, routed, withdrawn


async def public_keys(desk: Front) -> dict[str, Any]:
    answer = await desk.get("/v1/receipt-keys", who=None)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_the_answer_to_a_submission_has_the_receipt_of_that_text(tmp_path: Path) -> None:
    async with front(tmp_path) as desk:
        answer = await desk.submit()
        receipt = answer.json()["receipt"]
        assert receipt.keys() == RECEIPT_MEMBERS
        assert receipt["letter"] == answer.json()["letter"]
        verify(receipt, await public_keys(desk), at="received_at")
        sent = body()
        assert receipt["text_sha256"] == text_digest(
            sent["subject"], sent["body"], salt=receipt["salt"]
        )
        again = await desk.get(f"/v1/letters/{receipt['letter']}/receipt")
        assert again.json() == receipt
        assert again.content == (await desk.get(f"/v1/letters/{receipt['letter']}/receipt")).content


async def test_it_has_the_hash_that_other_services_and_the_daily_count_have(tmp_path: Path) -> None:
    async with front(tmp_path) as desk:
        receipt = (await desk.submit()).json()["receipt"]
        (sent,) = desk.shelf.said("letters.submitted")
        assert sent.data.text_sha256 == receipt["text_sha256"]


async def test_receipts_of_others_are_not_found(tmp_path: Path) -> None:
    async with front(tmp_path) as desk:
        letter = await desk.taken_in()
        for who, number in (
            ("huang", letter),
            ("chen", "GD-1"),
            ("chen", "%00"),
            ("chen", "x" * 99),
        ):
            answer = await desk.get(f"/v1/letters/{number}/receipt", who)
            assert is_problem(answer, "404 not_found")
        assert is_problem(
            await desk.get(f"/v1/letters/{letter}/receipt", who=None), "401 not_signed_in"
        )


async def test_after_erasure_there_is_none_and_the_kept_one_still_verifies(tmp_path: Path) -> None:
    async with front(tmp_path) as desk:
        answer = await desk.submit(key="the-first-key")
        receipt = answer.json()["receipt"]
        letter = receipt["letter"]
        await desk.progress(letter, received(), routed(), withdrawn())
        command = EraseLetterParts(("words",), "test")
        await desk.shelf.commands.execute(IdempotentCommand(letter, command, "erase-1"))
        refused = await desk.get(f"/v1/letters/{letter}/receipt")
        assert is_problem(refused, "409 out_of_order")
        assert receipt["salt"] not in refused.text
        repeated = await desk.submit(key="the-first-key")
        assert (repeated.status_code, repeated.json()["receipt"]) == (201, None)
        verify(receipt, await public_keys(desk), at="received_at")


async def test_a_diversion_that_becomes_a_letter_has_a_receipt_of_its_first_time(
    tmp_path: Path,
) -> None:
    async with front(tmp_path, rules=PLANTED) as desk:
        asked = (await desk.submit(body=f"有人{ASK}")).json()
        first = desk.shelf.now()
        desk.shelf.now.pass_by(seconds=3_600)
        said = await desk.post(asked["answer_at"], {"happening_now": False})
        receipt = (await desk.get(f"/v1/letters/{said.json()['letter']}/receipt")).json()
        verify(receipt, await public_keys(desk), at="received_at")
        assert receipt["received_at"].startswith(first.strftime("%Y-%m-%dT%H:%M"))


async def test_the_published_keys_have_no_private_half(tmp_path: Path) -> None:
    async with front(tmp_path) as desk:
        (key,) = (await public_keys(desk))["keys"]
        assert key.keys() == {"kty", "crv", "use", "alg", "kid", "iss", "nbf", "x"}
