"""Keys and confirmations that the desk refuses, without showing any of them."""

import json
import logging
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from tests.intake.faces import is_problem
from tests.router.key_desk import FINGERPRINT, confirm, post, propose, said
from tests.router.key_story import GZ, PRIVATE, pasted
from tests.router.office import Office, accepting

SECRET = str(PRIVATE["new"].as_dict(private=True)["d"])


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["0" * 64, FINGERPRINT[:-1], "密钥", "$ne", " "],
    ids=["zeros", "shortened", "Chinese", "operator", "blank"],
)
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
    """Invalid public keys of this holder, each with the field that the answer names."""
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


async def test_an_action_on_a_holders_name_leaves_nothing_before_it_has_keys(desk: Office) -> None:
    await desk.act(accepting(), letter=GZ)
    assert desk.shelf.documents.kept == {}
    await propose(desk)
    assert (await confirm(desk)).status_code == 200


async def test_a_holder_is_no_letter_at_the_desk(desk: Office) -> None:
    await propose(desk)
    assert is_problem(await desk.get(f"/v1/letters/{GZ}"), "404 not_found")
    assert (await desk.get("/v1/triage")).json()["letters"] == []
