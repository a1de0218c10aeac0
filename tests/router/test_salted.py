"""Requests of desks and bureaus leave no digest that could confirm a guess of their words."""

from hashlib import sha256
from uuid import uuid4

import pytest

from services.router.api.handling_schemas import NewNote
from services.router.domain.handling import AddNote
from shared.contracts.topics import letters_of
from shared.contracts.words import LetterText
from tests.router.office import Office, accepting, replying, sent_action
from tests.router.story import LETTER, WORDS, receive
from tests.support.sealed_shell import opened

SALT = "5a" * 16
SALTED = LetterText(subject=WORDS.subject, body=WORDS.body, salt=SALT)
NOTE = {"text": "已联系"}
GUANGZHOU = letters_of("guangzhou").name


async def test_a_short_note_at_the_desk_cannot_be_guessed_from_the_document(desk: Office) -> None:
    await desk.receive(told=receive(words=SALTED))
    await desk.act(accepting())
    path, headers = f"/v1/letters/{LETTER}/note", desk.headers("gz")
    for text, status in (("已联系", 200), ("已联系", 200), ("另一句", 422)):
        named = headers | {"idempotency-key": "note-key-1"}
        answer = await desk.client.post(path, json={"text": text}, headers=named)
        assert answer.status_code == status, answer.text
    guess = f"{AddNote.__name__} {NewNote(text='已联系').model_dump_json()}"
    assert sha256(guess.encode()).hexdigest() not in str(desk.shelf.documents.kept)


@pytest.mark.parametrize("words", [SALTED, WORDS], ids=["salted", "from before"])
async def test_a_bureaus_action_again_is_known(desk: Office, words: LetterText) -> None:
    await desk.receive(told=receive(words=words))
    await desk.act(accepting())
    action = replying(action_id=uuid4())
    for _ in range(2):
        await desk.act(action)
    kept = str(desk.shelf.documents.kept)
    raw = desk.shelf.arrived(sent_action(action))
    assert (desk.shelf.seals.read(raw).digest() in kept) == (words is WORDS)
    assert desk.shelf.said_types(GUANGZHOU).count("action.applied") == 2
    assert "action.refused" not in desk.shelf.said_types(GUANGZHOU)


async def test_no_bureau_is_sent_the_salt(desk: Office) -> None:
    await desk.receive(told=receive(words=SALTED))
    assigned = desk.shelf.said(GUANGZHOU)[0]
    assert opened(assigned, "bureau:guangzhou").words.salt is None
