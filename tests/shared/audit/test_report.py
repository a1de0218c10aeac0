"""The outcome is reported for people, programs and Prometheus, and without anyone's words."""

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.audit import command, report
from shared.audit.command import BREACHES, CLEAN, NOT_DONE, audit, parser, seconds
from shared.audit.findings import CODES, PROMISES, AuditFinding
from shared.audit.metrics import write_metrics
from shared.audit.settings import AuditSettings
from shared.audit.tally import AuditTally
from shared.contracts.vocabulary import SERVICES
from shared.platform.repair.watermarks import Behind
from shared.terminal import width_of
from tests.shared.audit.plants import PLANTS
from tests.shared.audit.town import ANSWERED, SECRETS, town
from tests.support.moving import START


async def damaged() -> AuditTally:
    """An audit of a town with every fault that fits beside the others."""
    here = town()
    wanted = {"clear_words", "unsent", "number_published", "delivered_twice", "shows_inside"}
    for code, plant in PLANTS:
        if code in wanted:
            plant(here)
    return await here.audit().run()


async def test_there_is_a_line_for_each_invariant_and_a_verdict() -> None:
    told = list(report.lines(await town().audit().run()))
    assert len(told) == 2 + len(PROMISES) + 1 + 1
    assert sum(line.startswith("√") for line in told[2:-1]) == len(PROMISES)
    (diversions,) = [line for line in told if "seen in time" in line]
    assert "及时查看 seen in time 2" in diversions
    assert diversions.endswith("oldest unseen ·")
    assert "nothing breaks the promise" in told[-1]


async def test_a_breach_is_told_by_number_and_code_without_words() -> None:
    tally = await damaged()
    told = "\n".join(report.lines(tally))
    assert f"{ANSWERED}  unsent  router progress 3" in told
    assert {line[:1] for line in told.splitlines() if "不泄露" in line} == {"×"}
    for text in (told, report.as_json(tally)):
        assert not [word for word in SECRETS if word in text]


async def test_messages_that_were_given_up_are_counted_and_no_breach() -> None:
    here = town()
    here.document("notifier")["state"]["deliveries"][0] |= {"standing": "given_up", "code": "503"}
    tally = await here.audit().run()
    told = list(report.lines(tally))
    assert "    未能送出的消息 messages given up 1" in told
    assert json.loads(report.as_json(tally))["given_up"] == 1
    assert "nothing breaks the promise" in told[-1]
    whole = await town().audit().run()
    assert not [line for line in report.lines(whole) if "given up" in line]


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_people_read_it_at_any_width_and_by_the_clock_of_guangdong(width: int) -> None:
    lines = list(report.lines(await town().audit().run(), width=width))
    assert "Asia/Shanghai" in lines[0]
    assert all(width_of(line) <= width for line in lines)


async def test_at_most_twenty_of_each_are_shown() -> None:
    tally = await town().audit().run()
    found = CODES["unsent"].breaks
    for number in range(25):
        tally.breach(f"GD-{number}", [AuditFinding("unsent")])
    assert len(tally.lines[found].shown) == 20
    assert "    … 5 more" in list(report.lines(tally))


async def test_programs_get_the_same() -> None:
    content = json.loads(report.as_json(await damaged()))
    assert content["letters"] == 10
    assert content["invariants"].keys() == PROMISES.keys()
    assert content["breaches"] == sum(one["breaches"] for one in content["invariants"].values())
    assert {one["code"] for one in content["invariants"]["once"]["shown"]} <= CODES.keys()


async def test_prometheus_gets_the_last_run(tmp_path: Path) -> None:
    tally = await damaged()
    write_metrics(tally, tmp_path / "audit.prom")
    text = (tmp_path / "audit.prom").read_text()
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines())
    at = float(lines["mailbox_audit_last_run_timestamp_seconds"])
    assert at == tally.as_of.timestamp()
    once = tally.lines["once"].breaches
    assert float(lines['mailbox_audit_breaches{invariant="once"}']) == once > 0
    assert ANSWERED not in text


def test_who_is_behind_is_told() -> None:
    late = [Behind("router", "letters.submitted", at, 4) for at in range(25)]
    told = list(report.not_caught_up(late))
    assert "router  letters.submitted/0  behind by 4 records" in told[1]
    assert "5 more" in told[-1]


@pytest.mark.parametrize(
    ("tally", "code"),
    [
        (AuditTally(as_of=START), CLEAN),
        (AuditTally(as_of=START, behind=[Behind("router", "letters.submitted", 0, 4)]), NOT_DONE),
        (AuditTally(as_of=START, unjudged=1), BREACHES),
    ],
    ids=["clean", "a service stands still", "more suspects than were checked"],
)
def test_the_exit_code_is_0_only_if_every_letter_was_judged(
    monkeypatch: pytest.MonkeyPatch, tally: AuditTally, code: int
) -> None:
    async def audited(*_: object) -> AuditTally:
        return tally

    monkeypatch.setattr(command, "audited", audited)
    assert audit(AuditSettings.model_construct(), parser("audit").parse_args([])) == code


def test_without_a_broker_nothing_is_audited(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = SecretStr("mongodb://reader:hush@127.0.0.1:9/?serverSelectionTimeoutMS=100")
    settings = AuditSettings.model_validate(
        {"env": "dev", "kafka_bootstrap": "127.0.0.1:9"}
        | {f"{service}_uri": nowhere for service in SERVICES}
    )
    assert audit(settings, parser("audit").parse_args(["--wait", "0"])) == NOT_DONE
    told = capsys.readouterr()
    assert "could not audit" in told.err
    assert "hush" not in told.err + told.out + repr(settings)


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "soon", "86401", ""])
def test_a_duration_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Exception, match="number of seconds"):
        seconds(text)


def test_exit_codes_differ() -> None:
    assert len({CLEAN, BREACHES, NOT_DONE}) == 3
