"""A letter comes back from its document as it was kept, and no word can be read there."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import bson
import pytest

from shared.platform.crypto.key_ring import CannotOpen
from shared.platform.letters import document_mapper
from shared.platform.mongo.database import Collection, Document, Insert, Update
from tests.support.builders import LETTER, SECRETS, asked, rules, seals_of, told, written
from tests.support.doubles import START, Memory
from tests.support.replicas import World

NewCollection = Callable[[], Collection]


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.real)])
def store(request: pytest.FixtureRequest) -> Collection:
    if request.param == "memory":
        return Memory()
    new: NewCollection = request.getfixturevalue("new_collection")
    return new()


async def kept(store: Collection, name: str = "a") -> Document:
    found = await store.one({"_id": name})
    assert found is not None
    return found


async def changed(store: Collection, before: Document, change: Document) -> Document:
    await store.write([Insert({"_id": "a", **before}), Update({"_id": "a"}, change)])
    return await kept(store)


# --- the shape of a letter's document ------------------------------------------------------------


async def test_a_letter_is_loaded_as_it_was_kept(store: Collection) -> None:
    world = World(documents=store) if isinstance(store, Memory) else World()
    world.documents = store  # type: ignore[assignment]  # the shell asks for no more than this
    replica = world.replica()
    await replica.hear(written(1), asked(2), asked(4))
    await replica.told(told("both-desk", name="d-1", content="digest"))
    found = await kept(store, LETTER)
    loaded = document_mapper.kept(found, rules(), seals=world.seals)
    assert loaded.state.notes == ("letter", "ask-2", "both-desk")
    assert loaded.state.words is not None
    assert loaded.state.words.body == SECRETS[1]
    assert (loaded.seen, loaded.heard) == ({"submitted": 2}, {"submitted": 4})
    assert loaded.early.get("submitted", 4) == asked(4)
    assert loaded.asked == {"d-1": "digest"}
    assert loaded.sent == {"progress": 3, "bureau_guangzhou": 1}
    assert (loaded.version, loaded.gap_since, loaded.unsent) == (2, START, {})
    assert found["last"] == "both-desk"
    assert [entry.cause for entry in document_mapper.log(found)][-2:] == ["d-1", "d-1"]


async def test_no_word_is_in_a_document_or_in_a_record() -> None:
    world = World()
    await world.replica().hear(written(2))
    early = bson.encode(world.document())
    await world.replica().hear(written(1))
    at_rest = bson.encode(world.document())
    sent = b"".join(one.value + repr(one.headers).encode() for one in world.bus.records(PROGRESS))
    for secret in SECRETS:
        for form in _forms(secret):
            assert form not in early
            assert form not in at_rest
            assert form not in sent
    assert world.state().words is not None


async def test_a_search_for_words_would_find_them() -> None:
    words = {"state": rules().state.dump_python(_state(), context={"seal": lambda _, plain: plain})}
    assert any(form in bson.encode(words) for form in _forms(SECRETS[1]))


async def test_words_moved_to_another_letter_do_not_open() -> None:
    world = World()
    await world.replica().hear(written(1))
    moved: dict[str, Any] = world.document() | {"_id": "GD-TEST-0002"}
    with pytest.raises(CannotOpen):
        document_mapper.kept(moved, rules(), seals=seals_of())


def _state() -> Any:
    record = seals_of().read(written(1))
    command = rules().handlers[type(record.envelope.data)](record.envelope, None)  # type: ignore[arg-type]  # the diary asks nothing of an arrival
    return rules().evolve(rules().initial, rules().decide(command, rules().initial)[0])


def _forms(secret: str) -> list[bytes]:
    """In UTF-8, JSON escapes, and base64 of each alignment."""
    plain = secret.encode()
    escaped = secret.encode("unicode_escape")
    shifted = [b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)]
    return [plain, escaped, *(one for one in shifted if len(one) > 6)]


PROGRESS = "letters.progress"
