"""A bureau that reads its topic again after a letter was erased takes it all, without the words."""

from clients.bureau._cli.shown import as_json, lines
from clients.bureau.arrivals import Arrived, opened, read
from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import Keys
from clients.bureau.simulate.decisions import next_action
from clients.bureau.simulate.folding import folded
from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.pace import Pace
from shared.contracts.topics import letters_of
from shared.platform.kafka.bus import Outbound
from tests.clients.making import GZ
from tests.intake.story import ADDRESS, ID_NUMBER, NAME, PHONE
from tests.support.lived import Lived, lived
from tests.support.post import fetched
from tests.support.sealed_shell import PRIVATE

OWN = f"bureau:{GZ}"
TOPIC = letters_of(GZ).name
SAID = (NAME, ID_NUMBER, PHONE, ADDRESS, "路灯", "村口", "新灯", "谢谢", "照片")
"""Words in the letter and about it."""


def keys() -> Keys:
    return Keys({OWN: PRIVATE[OWN]}, PublicKeys({"router": PRIVATE["router"]}))


async def told(story: Lived) -> list[Outbound]:
    return [one for one in await story.resent("router") if one.topic == TOPIC]


def arrived(records: list[Outbound]) -> list[Arrived]:
    """The bureau's decrypted events; all of them are readable."""
    found = [read(fetched(one)) for one in records]
    return [opened(one, keys()) for one in found if isinstance(one, Arrived)]


def shown(found: list[Arrived]) -> str:
    return "\n".join([*(as_json(one) for one in found), *(t for one in found for t in lines(one))])


async def test_a_bureau_reads_everything_again_and_learns_no_words() -> None:
    async with lived() as story:
        before = arrived(await told(story))
        assert [word for word in SAID if word in shown(before)] == list(SAID)
        await story.erase("words", "identity", "attachments")
        records = await told(story)
        after = arrived(records)
    assert len(after) == len(records) == len(before)
    assert [one.type for one in after] == [one.type for one in before]
    assert not [word for word in SAID if word in shown(after)]
    assert not [one for one in after if one.closed], "nothing is there that it can't open"
    held: BureauLetter | None = None
    for one in after:
        held = folded(held, one)
    assert held is not None
    assert next_action(held, Pace(1, 1)) is None
