"""A bureau creates keys, learns those of others, and survives every change of them."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from clients.bureau._cli.command import main
from clients.bureau.action_records import draft, record_of
from clients.bureau.arrivals import opened, read
from clients.bureau.key_files import BadKeyFile, keys_in
from clients.bureau.public_keys import NoKey, PublicKeys
from clients.bureau.sealing import Keys
from shared.contracts import actions_v1 as v1
from shared.contracts.envelope import Foreign, from_record
from shared.contracts.keys_v1 import HolderKey, PublicJwk
from shared.contracts.topics import KEYS as TOPIC
from tests.clients.making import GZ, LETTER, NOON, Fetched, assigned, key_of, said
from tests.support.keyring import holder_key, told

OLD, NEW = key_of("router"), key_of("router.2")
HOUR = timedelta(hours=1)
FIRST = holder_key("router", OLD, valid_from=NOON - HOUR)
SECOND = holder_key("router.2", NEW, valid_from=NOON + HOUR)


def record(*keys: HolderKey, sequence: int = 1, holder: str = "router") -> Fetched:
    """The router's record of a holder's keys, as the client returns it."""
    sent = told(holder, *keys, sequence=sequence)
    return Fetched(TOPIC.name, 0, sequence, sent.key, sent.value, list(sent.headers))


# --- everybody's ---------------------------------------------------------------------------------


def test_the_topic_takes_the_place_of_the_file() -> None:
    known = PublicKeys({"router": OLD})
    assert known.newest("router", NOON)[0] == "router"
    assert known.take(record(SECOND))
    with pytest.raises(NoKey, match="router"):
        known.newest("router", NOON)
    assert known.newest("router", NOON + HOUR)[0] == "router.2"


def test_the_highest_sequence_counts_and_repeats_are_no_news() -> None:
    known = PublicKeys()
    assert known.take(record(FIRST, SECOND, sequence=2))
    assert not known.take(record(FIRST, sequence=1))
    assert not known.take(record(FIRST, SECOND, sequence=2))
    assert known.newest("router", NOON + HOUR)[0] == "router.2"
    assert len(known) == 1


@pytest.mark.parametrize(
    "broken",
    [
        SECOND.model_copy(update={"kid": "bureau:foshan"}),
        SECOND.model_copy(update={"fingerprint": FIRST.fingerprint}),
        SECOND.model_copy(update={"jwk": PublicJwk(**SECOND.jwk.model_dump() | {"y": "A" * 43})}),
    ],
)
def test_a_key_that_cannot_be_right_is_not_sealed_for(broken: HolderKey) -> None:
    known = PublicKeys()
    assert known.take(record(FIRST, broken))
    assert known.newest("router", NOON + HOUR)[0] == "router"


def test_rubbish_on_the_topic_is_no_news() -> None:
    known, good = PublicKeys({"router": OLD}), record(SECOND)
    for bad in (
        Fetched(TOPIC.name, 0, 1, good.key, b"{", good.headers),
        Fetched(TOPIC.name, 0, 1, b"intake", good.value, good.headers),
        Fetched(TOPIC.name, 0, 1, None, None, []),
    ):
        assert not known.take(bad)
    assert known.newest("router", NOON)[0] == "router"


def test_an_action_is_sealed_for_the_newest_key_of_its_moment() -> None:
    known = PublicKeys()
    known.take(record(FIRST, SECOND))
    ours = Keys({}, known)
    for at, kid in ((NOON, "router"), (NOON + HOUR, "router.2")):
        reply = draft(v1.Reply, 1, text="好", outcome="explained", made_at=at, staff="s-1")
        key, value, headers = record_of(reply, bureau=GZ, letter=LETTER, keys=ours)
        topic = f"bureau.{GZ}.actions"
        sealed = from_record(Foreign(key, value, headers), topic=topic).data
        router = Keys({"router": OLD, "router.2": NEW}, PublicKeys())
        clear, closed = router.open(sealed, reader="router", topic=topic, letter=LETTER)
        assert closed == {}
        assert clear.model_copy(update={"words": None}) == reply.model_copy(update={"words": None})
        assert kid in headers_of(str(sealed.sealed_fields()["words"]["router"]))


def headers_of(envelope: str) -> str:
    """The clear part of an envelope."""
    from joserfc.util import json_b64decode  # noqa: PLC0415 - one helper of one test

    return str(json_b64decode(envelope.split(".", maxsplit=1)[0].encode())["kid"])


# --- its own -------------------------------------------------------------------------------------


def test_a_new_key_is_made_beside_the_old_ones_and_shown_without_its_private_part(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.jwks.json"
    path.touch(mode=0o644)
    path.unlink()
    for count in (1, 2):
        assert main(["key", "new", "--holder", f"bureau:{GZ}", "--file", str(path)]) == 0
        shown = capsys.readouterr().out
        keys = keys_in(path, is_private=True)
        assert len(keys) == count
        kid, key = list(keys.items())[-1]
        jwk = PublicJwk.model_validate(key.as_dict(private=False))
        assert kid == f"bureau:{GZ}.{jwk.fingerprint[:8]}"
        assert json.loads(shown[shown.index("{") : shown.index("}") + 1]) == {
            **jwk.model_dump(),
            "use": "enc",
            "kid": kid,
        }
        assert jwk.fingerprint in shown.replace(" ", "")
        assert str(key.as_dict(private=True)["d"]) not in shown
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_keys_are_shown_again_for_whoever_asks_on_the_telephone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.jwks.json"
    main(["key", "new", "--holder", "intake", "--file", str(path)])
    made = capsys.readouterr().out
    assert main(["key", "show", "--file", str(path)]) == 0
    assert capsys.readouterr().out == "".join(made.splitlines(keepends=True)[1:])


def test_a_file_with_loose_rights_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "own.jwks.json"
    main(["key", "new", "--holder", "router", "--file", str(path)])
    path.chmod(0o644)
    main(["key", "new", "--holder", "router", "--file", str(path)])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "words",
    [
        ["new", "--holder", "bureau:atlantis", "--file", "x"],
        ["new", "--file", "x"],
        ["new", "--holder", "router"],
        ["show"],
        [],
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAILBOX_BUREAU", raising=False)
    monkeypatch.delenv("MAILBOX_BUREAU_KEY_FILE", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["key", *words])
    assert ended.value.code == 2


def test_a_bureau_of_the_environment_must_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOX_BUREAU", "atlantis")
    with pytest.raises(SystemExit):
        main(["key", "new", "--file", str(tmp_path / "x")])
    monkeypatch.setenv("MAILBOX_BUREAU", GZ)
    monkeypatch.setenv("MAILBOX_BUREAU_KEY_FILE", str(tmp_path / "own.jwks.json"))
    assert main(["key", "new"]) == 0
    assert main(["key", "show"]) == 0


@pytest.mark.parametrize("content", ["", "[]", '{"keys": []}', '{"keys": [{"kid": "router"}]}'])
def test_a_broken_file_is_never_written_over(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.jwks.json"
    path.write_text(content)
    assert main(["key", "new", "--holder", "router", "--file", str(path)]) == 2
    assert main(["key", "show", "--file", str(path)]) == 2
    assert "own.jwks.json" in capsys.readouterr().err
    assert path.read_text() == content


def test_a_file_of_somebody_else_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "own.jwks.json"
    main(["key", "new", "--holder", "bureau:foshan", "--file", str(path)])
    before = path.read_bytes()
    assert main(["key", "new", "--holder", f"bureau:{GZ}", "--file", str(path)]) == 2
    assert path.read_bytes() == before


def test_a_folder_that_takes_no_files_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "nowhere" / "own.jwks.json"
    assert main(["key", "new", "--holder", "router", "--file", str(gone)]) == 2
    assert capsys.readouterr().err.startswith("bureau: ")


def test_a_key_that_was_put_into_the_file_opens_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "own.jwks.json"
    main(["key", "new", "--holder", f"bureau:{GZ}", "--file", str(path)])
    ours = Keys.load(path, PublicKeys())
    main(["key", "new", "--holder", f"bureau:{GZ}", "--file", str(path)])
    kid, key = list(keys_in(path, is_private=True).items())[-1]
    router = Keys({}, PublicKeys({kid: ECKey.import_key(key.as_dict(private=False))}))
    arrived = read(said(router, assigned(body="你好"), sequence=1))
    found = opened(arrived, ours)  # type: ignore[arg-type]  # it can be read
    assert found.closed == {}
    path.write_text("{")
    strange = Keys({}, PublicKeys({f"bureau:{GZ}.x": key_of(f"bureau:{GZ}.x")}))
    closed = opened(read(said(strange, assigned(), sequence=1)), ours).closed  # type: ignore[arg-type]  # it can be read
    assert closed == {"words": "unknown_key"}


def test_old_keys_still_open_what_was_sealed_for_them(tmp_path: Path) -> None:
    path = tmp_path / "own.jwks.json"
    for _ in range(3):
        main(["key", "new", "--holder", f"bureau:{GZ}", "--file", str(path)])
    ours = Keys.load(path, PublicKeys())
    for kid, key in keys_in(path, is_private=True).items():
        router = Keys({}, PublicKeys({kid: ECKey.import_key(key.as_dict(private=False))}))
        found = read(said(router, assigned(body="你好"), sequence=1))
        assert opened(found, ours).closed == {}  # type: ignore[arg-type]  # it can be read


def test_public_keys_of_a_file_are_named_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(BadKeyFile, match=r"nothing\.json"):
        PublicKeys.load(tmp_path / "nothing.json")
