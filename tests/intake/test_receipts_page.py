"""The page for receipts checks one without scripts, from the receipt alone."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.intake.emergencies import FORM, HERE
from tests.intake.front import Front, front
from tests.intake.story import TEXT

PAGE = "/receipts"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with front(tmp_path) as opened:
        yield opened


async def checked(desk: Front, given: str, *, lang: str = "en", **headers: str) -> httpx.Response:
    content = urlencode({"receipt": given})
    named = {**FORM, **HERE, "accept-language": lang, "accept": "text/html", **headers}
    return await desk.client.post(PAGE, content=content, headers=named)


async def receipt(desk: Front) -> dict[str, Any]:
    found: dict[str, Any] = (await desk.submit()).json()["receipt"]
    return found


async def test_everyone_sees_the_form_and_its_text_field_has_no_name(desk: Front) -> None:
    answer = await desk.client.get(PAGE, headers={"accept-language": "zh"})
    assert answer.status_code == 200
    assert "核验回执" in answer.text
    assert 'name="receipt"' in answer.text
    assert 'id="text"' in answer.text
    assert 'name="text"' not in answer.text
    assert (await desk.client.get("/static/mailbox-receipts.js")).status_code == 200


@pytest.mark.parametrize(("lang", "says"), [("zh", "回执真实有效"), ("en", "is genuine")])
async def test_a_genuine_receipt_is_confirmed(desk: Front, lang: str, says: str) -> None:
    given = await receipt(desk)
    for text in (json.dumps(given), json.dumps({"receipt": given}), f"\ufeff{json.dumps(given)}\n"):
        answer = await checked(desk, text, lang=lang)
        assert answer.status_code == 200
        assert says in answer.text
        assert given["letter"] in answer.text
        assert TEXT not in answer.text


@pytest.mark.parametrize(
    "member", ["letter", "received_at", "text_sha256", "salt", "issuer", "kid", "signature"]
)
async def test_a_changed_receipt_is_not(desk: Front, member: str) -> None:
    given = await receipt(desk)
    value = given[member]
    changed = given | {member: ("B" if value[0] != "B" else "C") + value[1:]}
    answer = await checked(desk, json.dumps(changed))
    assert answer.status_code == 200
    assert "not genuine" in answer.text


NO_RECEIPTS = (
    *("", "{", "[]", "7", "null", "x" * 20_000, "[" * 9_000),
    *('{"receipt": 7}', '{"type": "gd.mailbox.receipt.v1"}', '{"a": "\\ud800"}'),
    "<script>alert(1)</script>",
)


@pytest.mark.parametrize("given", NO_RECEIPTS)
async def test_what_is_no_receipt_is_explained(desk: Front, given: str) -> None:
    answer = await checked(desk, given)
    assert answer.status_code == 422
    assert "This is not a receipt" in answer.text
    assert "<script>alert" not in answer.text


async def test_members_that_are_no_texts_are_no_receipt(desk: Front) -> None:
    given = await receipt(desk)
    for change in ({"salt": 7}, {"type": "gd.mailbox.receipt.v2"}, {"more": "x"}):
        assert (await checked(desk, json.dumps(given | change))).status_code == 422


async def test_the_form_comes_from_this_page_alone(desk: Front) -> None:
    answer = await checked(desk, "{}", **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
