"""Keys at the desk over HTTP: who may, what is refused, and that nothing is echoed."""

import json
import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from shared.contracts.keys_v1 import HOLDERS, KeyChanged
from shared.contracts.topics import KEYS
from tests.intake.faces import is_problem, token
from tests.router.key_story import GZ, PRIVATE, jwk, pasted
from tests.router.office import Office, accepting

FINGERPRINT = jwk().fingerprint
SECRET = str(PRIVATE["new"].as_dict(private=True)["d"])


async def post(
    desk: Office, step: str, body: Any, *, holder: str = GZ, who: str | None = "wu", key: str = ""
) -> httpx.Response:
    """One person's step."""
    headers = desk.headers(who) | {"idempotency-key": key or f"key-{step}-{who}"}
    answer = await desk.client.post(f"/v1/keys/{holder}/{step}", json=body, headers=headers)
    await desk.shelf.quiet()
    return answer


async def propose(desk: Office, **more: Any) -> httpx.Response:
    """The first person pastes the key."""
    return await post(desk, "proposal", {"jwk": pasted()}, **more)


async def confirm(desk: Office, fingerprint: str = FINGERPRINT, **more: Any) -> httpx.Response:
    """The second types what the holder told on the telephone."""
    body = {"kid": f"{GZ}.new", "fingerprint": fingerprint}
    return await post(desk, "confirmation", body, **{"who": "xu", **more})


def said(desk: Office) -> list[KeyChanged]:
    """What all were told of keys."""
    return [one.data for one in desk.shelf.said(KEYS.name)]


async def holder(desk: Office, name: str = GZ, who: str = "wu") -> Any:
    """How a holder's keys stand at the desk."""
    shown = (await desk.get("/v1/keys", who)).json()["holders"]
    return next(one for one in shown if one["holder"] == name)


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


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["0" * 64, FINGERPRINT[:-1], "密钥", "$ne", " "])
async def test_a_wrong_fingerprint_confirms_nothing(desk: Office, typed: str) -> None:
    await propose(desk)
    answer = await confirm(desk, typed)
    assert is_problem(answer, "422 bad_value")
    assert answer.json()["errors"] == [{"field": "fingerprint", "code": "bad_value"}]
    assert said(desk) == []


async def test_a_private_key_is_refused_and_shown_nowhere(
    desk: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await post(desk, "proposal", {"jwk": pasted(private=True)})
    assert is_problem(answer, "422 private_key")
    assert SECRET not in answer.text
    assert SECRET not in caplog.text
    assert desk.shelf.documents.kept == {}


def others() -> list[tuple[str, dict[str, Any]]]:
    """What is no public key of this holder on P-256, and the field that says so."""
    good, x = pasted(), pasted()["x"]
    p384 = ECKey.generate_key("P-384").as_dict(private=False)
    k1 = ECKey.generate_key("secp256k1").as_dict(private=False)
    ed = OKPKey.generate_key("Ed25519").as_dict(private=False)
    rsa = RSAKey.generate_key(2048).as_dict(private=False)
    one = ECKey.import_key(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
            "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
        }
    ).as_dict(private=False)
    rfc = {
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }
    return [
        ("jwk.crv", good | p384),
        ("jwk.crv", good | k1),
        ("jwk.kty", good | ed),
        ("jwk.kty", good | rsa),
        ("jwk.x", good | one),
        ("jwk.x", good | rfc),
        ("jwk.y", good | {"y": x}),
        ("jwk.y", good | {"y": None}),
        ("jwk.x", good | {"x": 7}),
        ("jwk.x", good | {"x": ""}),
        ("jwk.kid", good | {"kid": None}),
        ("jwk.kid", good | {"kid": "bureau:foshan"}),
        ("jwk.kid", good | {"kid": f"{GZ}.{'x' * 99}"}),
        ("jwk.kid", good | {"kid": f"{GZ}.密钥"}),
        ("jwk.use", good | {"use": "sig"}),
        ("jwk.kid", {}),
    ]


@pytest.mark.parametrize(("field", "given"), others())
async def test_what_is_no_fit_public_key_is_refused_by_field(
    desk: Office, field: str, given: dict[str, Any]
) -> None:
    answer = await post(desk, "proposal", {"jwk": given})
    assert is_problem(answer, "422 bad_value")
    assert answer.json()["errors"] == [{"field": field, "code": "bad_value"}]
    for value in given.values():
        assert json.dumps(value) not in answer.text or value in (None, "", 7, "EC", "P-256", "enc")
    assert desk.shelf.documents.kept == {}


async def test_a_symmetric_key_is_a_private_one(desk: Office) -> None:
    given = OctKey.generate_key(256).as_dict(private=True) | {"kid": GZ}
    assert is_problem(await post(desk, "proposal", {"jwk": given}), "422 private_key")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"jwk": "x"},
        {"jwk": [pasted()]},
        {"jwk": pasted(), "valid_from": "soon"},
        {"jwk": pasted(), "valid_from": "2026-12-01T00:00:00"},
        {"jwk": pasted(), "more": 1},
    ],
)
async def test_a_body_of_another_shape_is_refused(desk: Office, body: Any) -> None:
    assert is_problem(await post(desk, "proposal", body), "422 invalid")
    assert desk.shelf.documents.kept == {}


@pytest.mark.parametrize(
    "body",
    [
        {"kid": GZ},
        {"kid": 7, "fingerprint": FINGERPRINT},
        {"kid": "a b", "fingerprint": FINGERPRINT},
        {"kid": GZ, "fingerprint": "x" * 201},
        {"kid": GZ, "fingerprint": ""},
        {"kid": {"$gt": ""}, "fingerprint": FINGERPRINT},
    ],
)
async def test_a_confirmation_of_another_shape_is_refused(desk: Office, body: Any) -> None:
    assert is_problem(await post(desk, "confirmation", body, who="xu"), "422 invalid")


@pytest.mark.parametrize("name", ["bureau:atlantis", "bureau", "chen", "GD-1", "$ne", "%00", "密"])
async def test_an_unknown_holder_is_not_found(desk: Office, name: str) -> None:
    bodies = {
        "proposal": {"jwk": pasted()},
        "retirement": {"kid": GZ},
        "confirmation": {"kid": GZ, "fingerprint": FINGERPRINT},
    }
    for step, body in bodies.items():
        assert is_problem(await post(desk, step, body, holder=name), "404 not_found")
    assert desk.shelf.documents.kept == {}


async def test_without_an_idempotency_key_nothing_is_done(desk: Office) -> None:
    answer = await desk.client.post(
        f"/v1/keys/{GZ}/proposal", json={"jwk": pasted()}, headers=desk.headers("wu")
    )
    assert is_problem(answer, "422 invalid")
    assert desk.shelf.documents.kept == {}


async def test_a_database_that_is_away_is_said_to_be(desk: Office) -> None:
    desk.shelf.documents.unread.extend([True, True])
    for answer in (await desk.get("/v1/keys", "wu"), await propose(desk)):
        assert is_problem(answer, "503 not_ready")
    assert (await propose(desk)).status_code == 200


# --- beside letters ------------------------------------------------------------------------------


async def test_an_action_on_a_holders_name_is_no_business_of_a_bureau(desk: Office) -> None:
    await propose(desk)
    await confirm(desk)
    before = dict(desk.shelf.documents.kept[GZ])
    await desk.act(accepting(), letter=GZ)
    assert desk.shelf.documents.kept[GZ] == before
    (answer,) = desk.shelf.said("bureau.guangzhou.letters")
    assert (answer.data.code, answer.sequence) == ("not_held", None)


async def test_a_holder_is_no_letter_at_the_desk(desk: Office) -> None:
    await propose(desk)
    assert is_problem(await desk.get(f"/v1/letters/{GZ}"), "404 not_found")
    assert (await desk.get("/v1/triage")).json()["letters"] == []
