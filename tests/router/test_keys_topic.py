"""Each holder's newest record is last on the topic, complete, and was entered here."""

import pytest

from services.router.jobs.key_changes import AnchorAnnouncement
from shared.contracts.topics import KEYS
from shared.sealing.key_directory import KeyDirectory
from tests.support.post import GZ, post
from tests.support.sealed_shell import read


async def test_an_older_record_sent_again_does_not_stay_the_last() -> None:
    async with post() as office:
        await office.enter(GZ)
        await office.enter(GZ)
        bus = office.router.shelf.bus
        older, newer = bus.records(KEYS.name)
        await bus.send([older])
        await office.hear_keys()
        assert await office.newest_last().look() == 1
        assert bus.records(KEYS.name)[-1] == newer
        await office.hear_keys()
        assert await office.newest_last().look() == 0


async def test_a_key_that_nobody_entered_here_is_noticed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with post() as office, post() as elsewhere:
        await elsewhere.enter(GZ)
        strange = elsewhere.router.shelf.bus.records(KEYS.name)
        looking = office.newest_last()
        await looking.look()
        assert "nobody entered" not in caplog.text
        await office.router.shelf.bus.send(strange)
        await office.hear_keys()
        for _ in range(3):
            await looking.look()
        assert caplog.text.count("a key that nobody entered here") == 1


async def test_a_late_process_needs_the_newest_record_of_each_holder_alone() -> None:
    async with post() as office:
        for holder in (GZ, "router", GZ, "intake", GZ):
            await office.enter(holder, hours=len(office.letters))
        await office.retire(GZ, GZ)
        newest = {one.key: one for one in office.router.shelf.bus.records(KEYS.name)}
        book = KeyDirectory()
        for said in map(read, newest.values()):
            book.take(said.subject, said.data.keys, sequence=said.sequence or 0)
        for holder in (GZ, "router", "intake"):
            assert book.keys_of(holder) == office.router.book.keys_of(holder)


async def test_keys_that_a_development_stack_brings_are_told_once_and_like_all_others() -> None:
    async with post() as office:
        shelf, before = office.router.shelf, office.router.book.keys_of("router")
        anchors = {holder: office.router.book.keys_of(holder) for holder in ("router", GZ)}

        def announcing(*, is_ready: bool = True) -> AnchorAnnouncement:
            return AnchorAnnouncement(
                office.holders, anchors=anchors, is_ready=lambda: is_ready, now=office.now
            )

        assert await announcing(is_ready=False).tell() == 0
        for told in (2, 0):
            loop = announcing()
            assert await loop.tell() == told
            assert await loop.tell() == 0
        await office.hear_keys()
        assert [one.key for one in shelf.bus.records(KEYS.name)] == [b"router", GZ.encode()]
        assert office.router.book.keys_of("router") == before
        await office.enter("router")
        assert office.router.book.keys_of("router")[0] == before[0]
        assert await announcing().tell() == 0
