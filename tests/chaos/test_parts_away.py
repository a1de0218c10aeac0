"""With the broker or the database away, intake says so at once, and everything drains afterwards.

Without help, letters that were accepted while the broker was away are sent in order, and every
letter ends as usual.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
import pytest_asyncio

from tests.chaos.people import Written, body
from tests.chaos.town import Town, luck_of, town

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
]

LIMIT = 20
MOST = 400
PATIENCE_S = 60.0
LOOK_S = 0.1
GONE = "gone"
FROZEN = "frozen"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mailbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town whose intake accepts only a few letters that it can't send."""
    settings = {"MAILBOX_INTAKE_MOST_UNSENT": str(LIMIT)}
    async with town(tmp_path_factory.mktemp("away"), settings=settings) as running:
        await running.learn(luck=luck_of("ideal"))
        yield running
        await running.ends_as_ideal(running.letters)


@pytest.mark.parametrize("how", [GONE, FROZEN])
async def test_with_the_broker_away_intake_takes_letters_up_to_its_limit(
    mailbox: Town, how: str
) -> None:
    """Gone: the broker dies and comes back empty. Frozen: it doesn't answer."""
    since = len(mailbox.letters)
    if how == GONE:
        await mailbox.processes.kill("broker", "bureaus")
    else:
        mailbox.processes.freeze("broker")
    try:
        refused = await _written_until_refused(mailbox, how)
    finally:
        if how == GONE:
            await mailbox.processes.start("broker", "topics", "bureaus")
        else:
            mailbox.processes.thaw("broker")
    taken = len(mailbox.letters) - since
    assert refused.json()["code"] == "backlog"
    assert int(refused.headers["retry-after"]) > 0
    assert LIMIT // 2 <= taken <= LIMIT, "counted each second: some sent just before may count"
    await asyncio.gather(*map(mailbox.people.live, mailbox.letters[since:]))
    await mailbox.ends_as_ideal(mailbox.letters[since:])
    await mailbox.wave(luck=luck_of(how))


@pytest.mark.parametrize("how", [GONE, FROZEN])
async def test_with_the_database_away_intake_says_so_until_it_is_back(
    mailbox: Town, how: str
) -> None:
    if how == GONE:
        await mailbox.processes.kill("database")
    else:
        mailbox.processes.freeze("database")
    try:
        await _until(lambda: _refuses(mailbox), what="intake says that it can't")
        answer = await _ask(mailbox, "chaos-while-away")
        assert answer is not None
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
        assert int(answer.headers["retry-after"]) > 0
    finally:
        if how == GONE:
            await mailbox.processes.start("database")
        else:
            mailbox.processes.thaw("database")
    await mailbox.wave(luck=luck_of(how))


async def _written_until_refused(mailbox: Town, how: str) -> httpx.Response:
    """Send letters until intake refuses one; return that answer."""
    for number in range(MOST):
        letter = Written(f"chaos-{how}-{number:03d}", "rated")
        answer = await _ask(mailbox, letter.key)
        assert answer is not None
        if answer.status_code != httpx.codes.CREATED:
            assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
            return answer
        letter.number = answer.json()["letter"]
        mailbox.letters.append(letter)
    raise AssertionError(f"intake took {MOST} letters that it couldn't send")


async def _ask(mailbox: Town, key: str) -> httpx.Response | None:
    content = body(Written(key, "rated"))
    return await mailbox.people.ask(
        "POST", "intake", "/v1/letters", who="chen", key=key, body=content
    )


async def _refuses(mailbox: Town) -> bool:
    """A silent server counts as away only after a while; requests are slow until then."""
    answer = await _ask(mailbox, "chaos-while-away")
    return answer is not None and answer.status_code == httpx.codes.SERVICE_UNAVAILABLE


async def _until(holds: Callable[[], Awaitable[bool]], *, what: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not await holds():
        assert time.monotonic() < until, what
        await asyncio.sleep(LOOK_S)
