"""Keys at the desk over HTTP: who may, what is refused, and that nothing is echoed."""

from datetime import timedelta

import pytest

from shared.audit.wordless import holds_words, plain
from shared.contracts.keys_v1 import HOLDERS, KeyChanged
from shared.contracts.topics import KEYS
from tests.intake.faces import is_problem, token
from tests.router.key_desk import FINGERPRINT, confirm, holder, post, propose, said
from tests.router.key_story import GZ, jwk, pasted
from tests.router.office import Office

# --- the way of a key ----------------------------------------------------------------------------


async def test_two_people_enter_a_key(desk: Office) -> None:
    answer = await propose(desk)
    assert answer.status_code == 200
    assert answer.json()["fingerprint"] == FINGERPRINT
    assert answer.json()["aloud"].replace(" ", "") == FINGERPRINT
    assert said(desk) == []
    confirmed = await confirm(desk)
    assert confirmed.status_code == 200
    (key,) = confirmed.json()["keys"]
    assert (key["kid"], key["fingerprint"], key["is_used"]) == (f"{GZ}.new", FINGERPRINT, True)
    (event,) = said(desk)
    assert (event.kid, event.entered_by) == (f"{GZ}.new", ("wu", "xu"))
    (envelope,) = desk.shelf.said(KEYS.name)
    assert (envelope.subject, envelope.sequence) == (GZ, 1)


async def test_the_desk_shows_all_holders_and_no_fingerprint_that_waits(desk: Office) -> None:
    await propose(desk)
    answer = await desk.get("/v1/keys", "he")
    assert [one["holder"] for one in answer.json()["holders"]] == list(HOLDERS)
    assert FINGERPRINT not in answer.text
    assert jwk().x not in answer.text
    waiting = (await holder(desk))["proposal"]
    assert (waiting["kid"], waiting["by"], waiting["retires"]) == (f"{GZ}.new", "wu", False)
    await confirm(desk)
    assert (await holder(desk))["proposal"] is None


async def test_the_fingerprint_may_be_typed_as_it_was_read_aloud(desk: Office) -> None:
    await propose(desk)
    grouped = " ".join(FINGERPRINT[at : at + 4] for at in range(0, 64, 4)).upper()
    assert (await confirm(desk, f" {grouped}\n")).status_code == 200


async def test_a_retry_changes_nothing_and_tells_the_same(desk: Office) -> None:
    first, again = await propose(desk), await propose(desk)
    assert first.json() == again.json()
    done, repeated = await confirm(desk), await confirm(desk)
    assert done.json() == repeated.json()
    assert len(said(desk)) == 1
    assert is_problem(await propose(desk), "409 out_of_order")


async def test_two_people_retire_a_key(desk: Office) -> None:
    await propose(desk)
    await confirm(desk)
    answer = await post(desk, "retirement", {"kid": f"{GZ}.new"}, key="retire-it-1")
    assert answer.json()["kid"] == f"{GZ}.new"
    assert (await confirm(desk, who="wu", key="retire-it-2")).status_code == 403
    assert (await confirm(desk, key="retire-it-3")).status_code == 200
    assert [event.retired is None for event in said(desk)] == [True, False]
    assert (await holder(desk))["keys"][0]["is_used"] is False


async def test_a_change_is_kept_in_the_holders_log_to_be_sent_again(desk: Office) -> None:
    await propose(desk)
    await confirm(desk)
    document = desk.shelf.documents.kept[GZ]
    assert document["sent"] == {"keys": 1}
    assert "unsent" not in document
    assert [entry["type"] for entry in document["log"]] == [KeyChanged.type]


async def test_the_audit_takes_nothing_of_key_entries_for_words(desk: Office) -> None:
    await propose(desk)
    await confirm(desk)
    await post(desk, "retirement", {"kid": f"{GZ}.new"}, key="retire-it-1")
    assert not holds_words(plain(desk.shelf.documents.kept[GZ]))


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "which"),
    [
        ("lin", "403 not_allowed"),
        ("gz", "403 not_allowed"),
        ("mei", "403 not_allowed"),
        ("he", "403 not_allowed"),
        ("chen", "403 not_allowed"),
        (None, "401 not_signed_in"),
    ],
)
async def test_only_supervisors_enter_keys(desk: Office, who: str | None, which: str) -> None:
    for answer in (
        await propose(desk, who=who),
        await post(desk, "retirement", {"kid": GZ}, who=who),
        await confirm(desk, who=who),
    ):
        assert is_problem(answer, which)
    assert desk.shelf.documents.kept == {}


@pytest.mark.parametrize("who", ["lin", "gz", "mei", "chen"])
async def test_only_supervisors_and_auditors_see_them(desk: Office, who: str) -> None:
    assert is_problem(await desk.get("/v1/keys", who), "403 not_allowed")


async def test_a_sign_in_of_more_than_five_minutes_ago_is_not_enough(desk: Office) -> None:
    now = desk.shelf.now()
    old = int((now - timedelta(minutes=6)).timestamp())
    stale = token("wu", at=now, roles=["supervisor"], auth_time=old)
    headers = {"authorization": f"Bearer {stale}", "idempotency-key": "key-00001"}
    for step, body in (
        ("proposal", {"jwk": pasted()}),
        ("retirement", {"kid": GZ}),
        ("confirmation", {"kid": GZ, "fingerprint": FINGERPRINT}),
    ):
        answer = await desk.client.post(f"/v1/keys/{GZ}/{step}", json=body, headers=headers)
        assert is_problem(answer, "401 sign_in_again")
    assert desk.shelf.documents.kept == {}


async def test_nobody_confirms_their_own_proposal(desk: Office) -> None:
    await propose(desk)
    assert is_problem(await confirm(desk, who="wu"), "403 not_allowed")
    assert said(desk) == []
