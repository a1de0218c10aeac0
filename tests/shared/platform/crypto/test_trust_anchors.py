"""In development the keys of a file count until the topic names others; elsewhere none do."""

from pathlib import Path

import pytest

from shared.platform.crypto.key_files import BadKeys
from shared.platform.crypto.trust_anchors import anchors_in, anchors_of
from shared.sealing.key_directory import KeyDirectory
from tests.shared.sealing.envelopes import KEYS, jwk, write
from tests.support.doubles import START
from tests.support.household import House


def test_the_keys_of_a_file_are_valid_since_ever_and_the_first_seals(tmp_path: Path) -> None:
    path = write(
        tmp_path / "public.jwks.json",
        jwk(KEYS["router"], "router.2", private=False),
        jwk(KEYS["intake"], "router", private=False),
    )
    book = KeyDirectory(anchors_in(path))
    assert book.newest("router", START)[0] == "router.2"
    assert [key.kid for key in book.keys_of("router")] == ["router", "router.2"]


def test_outside_development_no_file_is_an_anchor(tmp_path: Path) -> None:
    write(tmp_path / "public.jwks.json", jwk(KEYS["router"], "router", private=False))
    settings = House(tmp_path).build().settings
    assert anchors_of(settings).keys() == {"router"}
    assert anchors_of(settings.model_copy(update={"env": "prod"})) == {}
    (tmp_path / "public.jwks.json").unlink()
    assert anchors_of(settings) == {}


def test_a_bad_anchor_file_is_a_fault_at_the_start(tmp_path: Path) -> None:
    write(tmp_path / "public.jwks.json", {"kid": "router", "kty": "EC"})
    with pytest.raises(BadKeys, match=r"^public\.jwks\.json: key 0 "):
        anchors_of(House(tmp_path).build().settings)
