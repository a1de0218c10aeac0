"""Signed documents are checked for years, and any change of one, or of its key, shows."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.kernel.letter_receipts import receipt_of, text_digest
from shared.platform.crypto.key_files import BadKeys
from shared.platform.crypto.signing_keys import (
    EVER,
    NotAuthentic,
    SigningKeys,
    new_signing_key,
    verify,
)
from tests.support.keyring import signing_keys

AT = datetime(2026, 11, 28, 2, 3, 4, 567_891, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
SALT = "0f" * 16
CONTENT = receipt_of("GD-1", AT, text_sha256=text_digest("题", "文", salt=SALT), salt=SALT)


def receipt(keys: SigningKeys, at: datetime = AT) -> dict[str, Any]:
    return keys.sign(CONTENT | {"received_at": at.isoformat()}, at=at)


def why(document: Mapping[str, Any], keys: Mapping[str, Any]) -> str:
    with pytest.raises(NotAuthentic) as refused:
        verify(document, keys, at="received_at")
    return refused.value.why


def test_what_was_signed_verifies_and_is_the_same_bytes_each_time() -> None:
    keys = signing_keys("one")
    signed = keys.sign(CONTENT, at=AT)
    verify(signed, keys.public_keys(), at="received_at")
    assert signed == keys.sign(CONTENT, at=AT)
    assert signed["received_at"] == "2026-11-28T02:03:04.567Z"
    assert "d" not in keys.public_keys()["keys"][0]


@pytest.mark.parametrize("member", [*CONTENT, "issuer", "kid", "signature", "more"])
def test_a_changed_member_shows(member: str) -> None:
    keys = signing_keys("one")
    signed = keys.sign(CONTENT, at=AT)
    value = signed.get(member, "")
    changed = signed | {member: ("A" if value[:1] != "A" else "B") + value[1:]}
    assert why(changed, keys.public_keys()) in {"signature", "unknown_key", "malformed"}


@pytest.mark.parametrize("member", [*CONTENT, "issuer", "kid", "signature"])
def test_a_missing_member_shows(member: str) -> None:
    keys = signing_keys("one")
    signed = keys.sign(CONTENT, at=AT)
    del signed[member]
    why(signed, keys.public_keys())


def test_after_rotation_old_receipts_verify_and_are_issued_again_unchanged() -> None:
    both = signing_keys("one", "two", begins=(EVER, NEXT_YEAR))
    old, new = receipt(both), receipt(both, NEXT_YEAR)
    assert (old["kid"], new["kid"]) == ("one", "two")
    for signed in (old, new):
        verify(signed, both.public_keys(), at="received_at")
    shown = both.public_keys()["keys"]
    assert [one["kid"] for one in shown] == ["two", "one"]
    assert [one.get("exp") for one in shown] == [None, int(NEXT_YEAR.timestamp())]


def test_without_its_private_half_the_next_key_issues_again() -> None:
    entries = [
        new_signing_key("one", "mailbox.example", begins=EVER),
        new_signing_key("two", "mailbox.example", begins=NEXT_YEAR),
    ]
    before = receipt(SigningKeys.of(entries))
    del entries[0]["d"]
    keys = SigningKeys.of(entries)
    again = receipt(keys)
    assert again["kid"] == "two"
    for signed in (before, again):
        verify(signed, keys.public_keys(), at="received_at")


def test_a_retired_key_signs_nothing_of_today_but_clocks_may_differ() -> None:
    entries = [new_signing_key("one", "mailbox.example", begins=EVER)]
    stolen = SigningKeys.of(entries)
    entries.append(new_signing_key("two", "mailbox.example", begins=NEXT_YEAR))
    keys = SigningKeys.of(entries).public_keys()
    verify(receipt(stolen, NEXT_YEAR + timedelta(minutes=4)), keys, at="received_at")
    assert why(receipt(stolen, NEXT_YEAR + timedelta(minutes=6)), keys) == "not_its_time"


def test_a_key_of_another_issuer_is_not_enough() -> None:
    keys = signing_keys("one")
    shown = keys.public_keys()
    shown["keys"][0]["iss"] = "elsewhere.example"
    assert why(receipt(keys), shown) == "wrong_issuer"
    assert why(receipt(signing_keys("one")), keys.public_keys()) == "signature"
    assert why(receipt(signing_keys("other")), keys.public_keys()) == "unknown_key"


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"keys": None},
        {"keys": [None, 7, "x"]},
        {"keys": [{"kid": "one"}]},
        {"keys": [{"kid": "one", "kty": "EC", "crv": "P-256", "x": ""}]},
        {"keys": [{"kid": "one", "kty": "OKP", "crv": "Ed25519", "x": "AA"}]},
        {"keys": [{"kid": "one", "kty": "OKP", "crv": "Ed25519", "x": 7}]},
    ],
)
def test_keys_that_are_none_verify_nothing(keys: Mapping[str, Any]) -> None:
    why(receipt(signing_keys("one")), keys)


@pytest.mark.parametrize(
    "change",
    [
        {"received_at": 7},
        {"received_at": "yesterday"},
        {"received_at": "2026-11-28T02:03:04"},
        {"signature": "?"},
        {"signature": None},
        {"kid": None},
        {"kid": []},
        {"salt": "\ud800"},
    ],
)
def test_a_malformed_document_is_refused(change: dict[str, Any]) -> None:
    keys = signing_keys("one")
    assert why(receipt(keys) | change, keys.public_keys()) in {"malformed", "unknown_key"}


BAD: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "no keys": lambda file: file.pop("keys"),
    "none at all": lambda file: file["keys"].clear(),
    "no kid": lambda file: file["keys"][0].pop("kid"),
    "no issuer": lambda file: file["keys"][0].pop("iss"),
    "no begin": lambda file: file["keys"][0].pop("nbf"),
    "a begin in words": lambda file: file["keys"][0].update(nbf="2026"),
    "another curve": lambda file: file["keys"][0].update(crv="X25519"),
    "halves of two keys": lambda file: file["keys"][0].update(
        d=new_signing_key("x", "y", begins=EVER)["d"]
    ),
    "no base64url": lambda file: file["keys"][0].update(d="?"),
    "no private half": lambda file: file["keys"][0].pop("d"),
    "one kid twice": lambda file: file["keys"].append(file["keys"][0] | {"nbf": 9}),
    "one begin twice": lambda file: file["keys"].append(file["keys"][0] | {"kid": "two"}),
    "a text for a key": lambda file: file["keys"].append("key"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_key_file_is_named_without_its_content(fault: str, tmp_path: Path) -> None:
    content = {"keys": [new_signing_key("one", "mailbox.example", begins=EVER)]}
    secret = content["keys"][0]["d"]
    BAD[fault](content)
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(content))
    with pytest.raises(BadKeys, match=r"^keys\.json: ") as refused:
        SigningKeys.load(path)
    assert secret not in str(refused.value)
