"""Digests of a letter's text are salted, so a guess of a short letter can't be confirmed."""

from hashlib import sha256

from shared.contracts import topics
from tests.intake.front import Front, body
from tests.support.sealed_shell import opened

LETTERS = topics.SUBMITTED.name


async def test_the_digest_of_a_text_tells_nothing_without_the_salt_in_its_words(
    desk: Front,
) -> None:
    await desk.taken_in()
    await desk.taken_in()
    said = desk.shelf.said(LETTERS)
    first, second = (one.data.text_sha256 for one in said)
    assert first != second
    text = f"{body()['subject']}\n{body()['body']}"
    bare = sha256(text.encode()).hexdigest()
    records = b"".join(one.value for one in desk.shelf.bus.records(LETTERS))
    assert bare.encode() not in records
    words = opened(said[0], "router").words
    assert len(bytes.fromhex(words.salt)) == 16
    assert sha256(f"{words.salt}\n{text}".encode()).hexdigest() == first
    assert words.salt.encode() not in records
    assert words.salt not in str(desk.shelf.documents.kept)
