"""Erasure over a real broker and database, as seen by a service that requests a resend."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.contracts.topics import BY_NAME
from shared.platform.app.service import Service
from shared.platform.kafka.bus import Bus, Inbound, Outbound
from tests.support.asking import request
from tests.support.builders import LETTER, PROGRESS_TOPIC, SECRETS, told, written
from tests.support.doubles import header
from tests.support.erasing import erasure, speaking
from tests.support.living import living
from tests.support.stack import Servers
from tests.support.waiting import until_true

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

NUMBERS = [1, 2, 3, 4]


async def say(bus: Bus, raws: Sequence[Inbound | Outbound]) -> None:
    sent = [Outbound(one.topic, one.key, one.value, one.headers) for one in raws]
    assert set(await bus.send(sent)) == {None}


async def said(bus: Bus, *, at_least: int) -> list[Inbound]:
    while len(found := await bus.read_all(PROGRESS_TOPIC, BY_NAME[PROGRESS_TOPIC].partitions)) < (
        at_least
    ):
        continue
    return found


async def _is_erased(service: Service) -> bool:
    found = await service.shell.documents.one({"_id": LETTER}, fields={"erased": 1})
    return found is not None and "erased" in found


async def test_what_is_asked_for_again_comes_without_words_also_from_another_process(
    own_servers: Servers, tmp_path: Path
) -> None:
    bus, settings = own_servers.bus(), own_servers.settings(tmp_path)
    await bus.start()
    async with living(settings) as service:
        await say(bus, [written(1)])
        first = await said(bus, at_least=1)
        letters = service.shell.letters
        folds = await letters.decide_and_store([speaking(2), told("plain"), speaking(3)])
        await letters.send(folds)
        first = await said(bus, at_least=len(NUMBERS))
        await say(bus, [erasure(2)])
        await until_true(lambda: _is_erased(service))
        assert await service.shell.erasing.erase() == 1
    async with living(settings) as service:
        assert await service.shell.erasing.erase() == 0
        await say(bus, [request(1, 9, topic=PROGRESS_TOPIC, subject=LETTER)])
        again = (await said(bus, at_least=2 * len(NUMBERS)))[len(NUMBERS) :]
    assert [header(one, "ce_sequence") for one in again] == [str(one) for one in NUMBERS]
    for old, new in zip(first, again, strict=True):
        assert (old.key, old.headers) == (new.key, new.headers)
        before, after = json.loads(old.value), json.loads(new.value)
        assert after == before | ({"words": None} if "words" in before else {})
        assert (old.value == new.value) == (not before.get("words"))
    assert not any(secret.encode() in one.value for one in again for secret in SECRETS)
    await bus.stop()
