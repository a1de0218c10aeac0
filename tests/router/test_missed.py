"""A bureau missed what retention removed: it asks, gets a snapshot, and goes on in order.

The router is its real shell; the bureau is the client library, reading the bytes that were sent.
"""

from clients.bureau._store.gap_requests import PATIENCE_S, GapRequests, asked_again
from clients.bureau._store.reorder_buffer import PATIENCE_S as GIVES_UP_S
from clients.bureau._store.reorder_buffer import ArrivalBuffer
from clients.bureau.arrivals import Arrived, opened, read
from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import Keys
from shared.contracts.actions_v1 import RequestResend
from shared.contracts.bureau_v1 import LetterSnapshot
from shared.contracts.topics import letters_of
from shared.platform.kafka.bus import Outbound
from tests.clients.making import Fetched
from tests.router.office import Office, accepting, replying
from tests.router.story import MONDAY, WORDS, receive
from tests.support.sealed_shell import PRIVATE, name_of

TOPIC = letters_of("guangzhou").name
KEYS = Keys({"bureau:guangzhou": PRIVATE["bureau:guangzhou"]}, PublicKeys())


class Bureau:
    """The client library's sequence state, and its deliveries."""

    def __init__(self) -> None:
        self.order, self.gaps = ArrivalBuffer(), GapRequests()
        self.delivered: list[Arrived] = []

    def take(self, records: list[Outbound], *, now: float) -> None:
        """These come from the broker."""
        for record in records:
            arrived = read(_fetched(record))
            assert isinstance(arrived, Arrived)
            self.deliver(self.order.take(arrived, now))

    def deliver(self, found: tuple[Arrived, ...]) -> None:
        """Hand on, as the library does."""
        for one in found:
            self.gaps.note(one)
            self.delivered.append(opened(one, KEYS))

    def asks(self, *, now: float) -> RequestResend:
        """The one thing that it asks for now."""
        (missing,) = self.gaps.due(self.order, now)
        action = asked_again(missing, made_at=MONDAY, staff="g-17")
        assert isinstance(action, RequestResend)
        return action

    @property
    def names(self) -> list[str]:
        """Delivered events, in order."""
        return [name_of(one.type) for one in self.delivered]


async def test_what_is_still_on_the_log_comes_again_as_it_was(desk: Office) -> None:
    bureau = Bureau()
    await desk.receive(told=receive())
    await desk.act(accepting())
    lost = desk.shelf.bus.records(TOPIC)
    bureau.take([lost[0], lost[2]], now=0)
    assert bureau.names == ["letter.assigned"]
    sent = len(lost)
    await desk.act(bureau.asks(now=PATIENCE_S))
    bureau.take(desk.shelf.bus.records(TOPIC)[sent:], now=PATIENCE_S)
    assert bureau.names == [
        "letter.assigned",
        "letter.accepted",
        "action.applied",
        "action.applied",
    ]
    assert list(bureau.order.held()) == []


async def test_a_snapshot_stands_for_what_nobody_can_send_again(desk: Office) -> None:
    bureau = Bureau()
    await desk.receive(told=receive())
    await desk.act(accepting())
    await desk.act(replying())
    removed = len(desk.shelf.bus.records(TOPIC)) - 1
    bureau.take(desk.shelf.bus.records(TOPIC)[removed:], now=0)
    bureau.deliver(bureau.order.overdue(GIVES_UP_S))
    assert bureau.names == ["action.applied"]

    sent = len(desk.shelf.bus.records(TOPIC))
    request = bureau.asks(now=GIVES_UP_S + PATIENCE_S)
    assert (request.snapshot, request.from_sequence) == (True, None)
    await desk.act(request)
    bureau.take(desk.shelf.bus.records(TOPIC)[sent:], now=90)
    assert bureau.names == ["action.applied", "letter.snapshot", "action.applied"]
    told = bureau.delivered[1]
    assert isinstance(told.event, LetterSnapshot)
    assert (told.event.state, told.event.last_sequence) == ("replied", sent)
    assert (told.closed, told.event.words) == ({}, WORDS)
    assert bureau.gaps.due(bureau.order, 10_000) == [], "nothing is missing any more"


def _fetched(record: Outbound) -> Fetched:
    return Fetched(record.topic, 0, 0, record.key, record.value, list(record.headers))
