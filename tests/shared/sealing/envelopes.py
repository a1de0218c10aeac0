"""Envelopes for tests: ours, and those of other software, right and wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwe as jose
from joserfc.jwk import ECKey
from joserfc.registry import HeaderParameter

from shared.contracts.words import Note
from shared.platform.crypto.key_files import to_base64url
from shared.sealing.compact_jwe import header_of
from shared.sealing.envelopes import (
    Address,
    BadEnvelope,
    Opener,
)

LETTER = "GD-TEST"


TO_ROUTER = Address("router", LETTER, "gd.mailbox.letter.submitted.v1")


TO_BUREAU = Address("bureau:guangzhou", LETTER, "gd.mailbox.letter.assigned.v1", 2)


NOTE = Note(text="机密 seeded-secret")


SECRETS = ("机密", "seeded-secret", "陈某")


KEYS = {kid: ECKey.generate_key("P-256") for kid in ("router", "bureau:guangzhou", "intake")}


def jwk(key: ECKey, kid: str, *, private: bool) -> dict[str, Any]:
    """The key as key files hold it."""
    return {**key.as_dict(private=private), "kid": kid}


def write(path: Path, *keys: dict[str, Any]) -> Path:
    """A key file with these keys in it."""
    path.write_text(json.dumps({"keys": keys}))
    return path


def registry() -> jose.JWERegistry:
    """What other software must know about our headers."""
    names = {name: HeaderParameter(name, "str") for name in ("letter", "type", "reader")}
    names["assignment"] = HeaderParameter("assignment", "int")
    return jose.JWERegistry(names, algorithms=["ECDH-ES+A256KW", "A256GCM"])


def by_another_library(
    content: bytes, header: dict[str, Any], *, key: str = "router", **protected: Any
) -> str:
    """An envelope as a bureau's own software would make it, right or wrong."""
    full = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", **header, **protected}
    loose = registry()
    loose.strict_check_header = False
    loose.allowed = [full["alg"], full["enc"], "DEF"]
    return jose.encrypt_compact(full, content, KEYS[key], registry=loose)


def refusal(opener: Opener, envelope: str, *, address: Address = TO_ROUTER) -> str:
    """The error code of the envelope, which shows nothing of its content."""
    with pytest.raises(BadEnvelope) as refused:
        opener.open(envelope, Note, address=address)
    assert refused.value.__cause__ is None
    assert not any(secret in str(refused.value) for secret in SECRETS)
    return refused.value.code


def with_header(envelope: str, **change: Any) -> str:
    """The envelope with its header rewritten, which nothing protects until it is opened."""
    header = {**header_of(envelope), **change}
    header = {name: value for name, value in header.items() if value is not None}
    _, _, rest = envelope.partition(".")
    return f"{to_base64url(json.dumps(header).encode())}.{rest}"
