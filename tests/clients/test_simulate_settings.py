"""Settings of the simulated bureaus, and their output."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest

from clients.bureau.settings import BadSettings, exported, load
from clients.bureau.simulate.figures import SimulationMetrics
from clients.bureau.simulate.health import served
from clients.bureau.simulate.mix import EVERYDAY, PLAIN, Mix, drawn
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.settings import SimulateSettings

SHARES = (
    "RETURN", "DECLINE", "PASS_ON", "NOTE", "ASK", "EXTENSION", "COMMITMENT", "WRONG", "WORDY",
)  # fmt: skip
BASE: Mapping[str, str] = {"MAILBOX_ENV": "dev", "MAILBOX_KAFKA_BOOTSTRAP": "127.0.0.1:9092"}


def test_settings_from_the_environment() -> None:
    pace = load(
        SimulateSettings,
        {**BASE, "MAILBOX_BUREAUS_HOLD": "guangzhou, shenzhen", "MAILBOX_BUREAUS_ACCEPT_S": "2"},
    ).pace
    silent = frozenset(("guangzhou", "shenzhen"))
    assert pace == Pace(2.0, 1.0, silent, "1", EVERYDAY)


def test_shares_are_settings_and_a_plain_mix_has_none() -> None:
    shares = {f"MAILBOX_BUREAUS_{name}": "0.5" for name in SHARES}
    half = load(SimulateSettings, {**BASE, **shares}).pace.mix
    assert half == Mix(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, settles=True)
    plain = load(SimulateSettings, {**BASE, **shares, "MAILBOX_BUREAUS_MIX": "plain"}).pace.mix
    assert plain == PLAIN == Mix()


@pytest.mark.parametrize(
    "wrong",
    [
        {"HOLD": "atlantis"},
        {"PORT": "0"},
        {"REPLY_S": "-1"},
        {"MIX": "wild"},
        *({name: value} for name in SHARES for value in ("-0.1", "1.1", "nan", "some")),
    ],
    ids=str,
)
def test_a_bad_setting_is_named_without_its_value(wrong: dict[str, str]) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(BadSettings, match=f"MAILBOX_BUREAUS_{name}") as refused:
        load(SimulateSettings, {**BASE, f"MAILBOX_BUREAUS_{name}": value})
    assert "atlantis" not in str(refused.value)


def test_variables_of_a_shell_file() -> None:
    text = "# c\nexport A=1\nexport B='x y'\nC=3\nexport D\n"
    assert exported(text) == {"A": "1", "B": "x y"}


async def test_health_and_metrics() -> None:
    ready = asyncio.Event()
    async with served(0, is_ready=ready.is_set, metrics=SimulationMetrics().text) as port:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await client.get("/health/ready")).status_code == 503
            ready.set()
            assert (await client.get("/health/ready")).status_code == 200
            assert (await client.get("/health/live")).text == "live\n"
            assert (
                "# TYPE mailbox_bureaus_letters_total counter"
                in (await client.get("/metrics")).text
            )
            assert (await client.get("/other")).status_code == 404
            assert (await client.post("/metrics")).status_code == 405
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"nonsense\r\n\r\n")
        assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("what", ["beginning", "unit", "question", "time", "promise"])
def test_draws_are_spread_evenly_and_always_the_same(what: str) -> None:
    letters = [f"GD-{number}" for number in range(4_000)]
    found = [drawn("1", letter, what=what) for letter in letters]
    for share in (0.03, 0.1, 0.5, 0.9):
        assert abs(sum(each < share for each in found) / len(found) - share) < 0.03
    assert found == [drawn("1", letter, what=what) for letter in letters]
    assert found != [drawn("2", letter, what=what) for letter in letters]
    assert found != [drawn("1", letter, what="note") for letter in letters]


def test_a_draw_is_the_same_in_every_version() -> None:
    assert round(drawn("1", "GD-7K2M-9QXT-4HBN-W3RD-5", what="beginning"), 6) == 0.868909
