"""Arguments, refusals and reports of the check's command."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from clients.bureau import example
from clients.bureau._cli.command import SENTENCES, main
from clients.bureau._cli.key_command import new_key
from clients.bureau._kafka.connection import Connection, Unreachable
from clients.bureau.check import report
from clients.bureau.check.cast import Cast, is_invented, run_name
from clients.bureau.check.command import own_settings
from clients.bureau.check.foreign import is_foreign, key_changed, topics_of_services
from clients.bureau.check.judging import verdicts
from clients.bureau.check.keyring import Announcements, public_keys
from clients.bureau.check.scenarios import SCENARIOS
from clients.bureau.check.session import CheckRequest, NotPermitted, RealMailbox, check
from clients.bureau.check.topics import make, needed, visible
from clients.bureau.check.transcript import Transcript
from clients.bureau.key_files import BadKeyFile
from clients.bureau.public_keys import PublicKeys
from shared.contracts.envelope import KafkaRecord
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import BY_NAME, KEYS, TOPICS, letters_of
from tests.clients.checking import FOSHAN, HOLDER, QUICK, Bench, bench, write_key_files
from tests.clients.making import Fetched
from tests.clients.naive import Naive
from tests.clients.transcripts import CAST, NOW, heard

LETTERS = letters_of(FOSHAN).name


def fetched(topic: str, record: KafkaRecord) -> Fetched:
    return Fetched(topic, 0, 0, record.key, record.value, list(record.headers))


# --- who takes part ----------------------------------------------------------------------------


def test_each_run_has_letters_and_codes_of_its_own() -> None:
    runs = [run_name(bytes([number] * 8)) for number in range(3)]
    casts = [Cast(FOSHAN, run, CAST.kids, CAST.mailbox_kids) for run in runs]
    named = [(name, which) for name in SCENARIOS for which in (1, 2)]
    letters = {cast.letter(name, which=which) for cast in casts for name, which in named}
    codes = {cast.code(name, which=which) for cast in casts for name, which in named}
    assert len(letters) == len(codes) == 3 * 2 * len(SCENARIOS)
    assert all(is_invented(letter) for letter in letters)
    first = {letter for letter in letters if casts[0].is_ours(letter)}
    assert len(first) == 2 * len(SCENARIOS)
    assert not is_invented("GD-7K2M-9QXT-4HBN-W3RD-5")
    assert not any(code in letter for code in codes for letter in letters)


def test_a_key_file_gives_the_present_key_and_the_next(tmp_path: Path) -> None:
    stage = Bench({}, tmp_path)
    for count, expected in ((1, 1), (2, 2), (4, 2)):
        write_key_files(stage, count=count)
        all_of_them = list(json.loads(stage.public.read_text())["keys"])
        found = public_keys(stage.public, holder=HOLDER)
        assert list(found) == [entry["kid"] for entry in all_of_them[-expected:]]
    with pytest.raises(BadKeyFile, match="private key"):
        public_keys(stage.private, holder=HOLDER)
    with pytest.raises(BadKeyFile, match="somebody else"):
        public_keys(stage.public, holder="bureau:guangzhou")


def test_announced_keys_are_ones_that_readers_take_the_newest_of() -> None:
    made = dict([new_key("router"), new_key("router")])
    first, second = made
    said_so_far = Announcements(made, {"router": 7})
    public = PublicKeys()
    for number, kids in ((8, (first,)), (9, (first, second))):
        raw = fetched(KEYS.name, said_so_far.record("router", kids, at=NOW))
        assert not is_foreign(raw, FOSHAN)
        assert key_changed(raw) == ("router", number)
        assert public.take(raw)
        assert public.newest("router", NOW)[0] == kids[-1]


# --- signs of a real mailbox -------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(BY_NAME) - {KEYS.name}))
def test_topics_of_the_services_are_a_sign_and_those_of_bureaus_are_not(name: str) -> None:
    is_a_bureaus = name.startswith("bureau.")
    assert topics_of_services({name, "something.else"}) == ([] if is_a_bureaus else [name])


def test_whatever_no_check_has_written_is_a_sign() -> None:
    real = Fetched(LETTERS, 0, 0, b"GD-7K2M-9QXT-4HBN-W3RD-5", b"{}", [])
    invented = Fetched(LETTERS, 0, 0, CAST.letter("normal").encode(), b"{}", [])
    nameless = Fetched(LETTERS, 0, 0, None, None, [])
    other_key = Fetched(KEYS.name, 0, 0, b"router", b"{}", [])
    own_action = Fetched(f"bureau.{FOSHAN}.actions", 0, 0, b"x", b"{}", [])
    signs = [is_foreign(one, FOSHAN) for one in (real, invented, nameless, other_key, own_action)]
    assert signs == [True, False, True, True, False]


def test_the_broker_is_never_taken_from_the_environment_of_a_real_mailbox() -> None:
    production = {
        "MAILBOX_KAFKA_BOOTSTRAP": "production:9092",
        "MAILBOX_KAFKA_PASSWORD": "secret",
        "MAILBOX_CHECK_KAFKA_USERNAME": "tester",
        "MAILBOX_CHECK_KAFKA_BOOTSTRAP": "production:9092",
    }
    assert own_settings(production, "test:9092") == {
        "MAILBOX_ENV": "dev",
        "MAILBOX_KAFKA_BOOTSTRAP": "test:9092",
        "MAILBOX_KAFKA_IDEMPOTENT": "false",
        "MAILBOX_KAFKA_USERNAME": "tester",
    }


# --- what is told ------------------------------------------------------------------------------


def test_a_report_tells_each_scenario_in_both_languages() -> None:
    letter = CAST.letter("normal")
    transcript = Transcript([heard(letter, assignment=1), heard(letter, faults=("clear_words",))])
    found = verdicts(CAST, ["normal", "words"], transcript=transcript)
    lines = [line for name in found for line in report.lines(SCENARIOS[name], found[name])]
    assert "× 不通过 failed: normal · 正常来信 a normal letter" in lines
    assert any("names assignment 1, which should be 2" in line for line in lines)
    assert any("契约 contract: 第 6 节" in line for line in lines)
    assert any("the words are not sealed" in line for line in lines)
    assert report.summary(found) == "不通过 failed 3"
    assert not list(report.hint(CAST, transcript))
    assert "bureau.foshan.actions" in "".join(report.hint(CAST, Transcript()))
    told = json.loads(report.as_json(CAST, found))
    assert [one["scenario"] for one in told["outcomes"]] == ["normal", "words", "actions"]
    assert told["outcomes"][0]["contract"]["en"].startswith("section 6")


def test_each_scenario_says_what_it_wants_and_where_that_stands() -> None:
    for scenario in SCENARIOS.values():
        for said_of_it in (scenario.title, scenario.expected, scenario.contract):
            assert said_of_it.zh
            assert said_of_it.en.isascii() or "…" in said_of_it.en
        assert scenario.script(CAST, NOW)
    listed = "\n".join(report.listed())
    assert all(name in listed for name in SCENARIOS)


@pytest.mark.parametrize("slug", BUREAUS)
def test_every_bureau_can_be_checked(slug: str) -> None:
    bureau = next(each for each in BUREAUS if each == slug)
    cast = Cast(bureau, CAST.run, CAST.kids, CAST.mailbox_kids)
    for scenario in SCENARIOS.values():
        assert scenario.script(cast, NOW)


def forbid() -> None:
    raise Unreachable("TopicAuthorizationFailedError")


class Forbidding(Connection):
    """A broker that lets this user do nothing."""

    @asynccontextmanager
    async def administering(self) -> AsyncIterator[AIOKafkaAdminClient]:
        forbid()
        yield AIOKafkaAdminClient()


async def test_who_may_not_write_is_told_to_have_that_allowed(tmp_path: Path) -> None:
    stage = Bench({}, tmp_path)
    write_key_files(stage)
    wanted = CheckRequest(FOSHAN, stage.public, ["normal"], QUICK)
    with pytest.raises(NotPermitted) as no:
        await check(wanted, Forbidding("127.0.0.1:1"), say=lambda _: None)
    assert "may not" in SENTENCES[NotPermitted].format(no.value)


# --- the command -------------------------------------------------------------------------------


def test_it_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("MAILBOX_BUREAU", raising=False)
    stage = Bench({}, tmp_path)
    write_key_files(stage)
    call = ["check", "--bureau", FOSHAN, "--broker", "127.0.0.1:1", "--key"]
    assert main(["check", "--list"]) == 0
    assert "overtaken" in capsys.readouterr().out
    for words, sentence in (
        (["check"], "--bureau, --broker and --key"),
        ([*call, str(tmp_path / "none")], "JWKS"),
        ([*call, str(stage.private)], "private key"),
        ([*call[:3], "--broker", "nonsense", "--key", str(stage.public)], "KAFKA_BOOTSTRAP"),
        ([*call, str(stage.public)], "out of reach"),
    ):
        assert main(words) == 2
        assert sentence in capsys.readouterr().err
    for words in (["--only", "normal,dancing"], ["--only", ""], ["--bureau", "atlantis"]):
        with pytest.raises(SystemExit) as ended:
            main(["check", *words])
        assert ended.value.code == 2


async def called(stage: Bench, *words: str) -> int:
    """The command's exit code, on that broker."""
    broker = stage.told["MAILBOX_KAFKA_BOOTSTRAP"]
    call = ["check", "--bureau", FOSHAN, "--broker", broker, "--key", str(stage.public)]
    quick = ["--step", "5", "--quiet", "2"]
    return await asyncio.to_thread(main, [*call, *quick, *words])


def test_the_example_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("KAFKA_BOOTSTRAP", "KEYS_DIR", "BUREAU_KEY_FILE", "BUREAU"):
        monkeypatch.delenv(f"MAILBOX_{name}", raising=False)
    monkeypatch.setenv("MAILBOX_LOCAL_DIR", str(tmp_path))
    assert example.main() == 2
    assert "must be one of" in capsys.readouterr().err
    monkeypatch.setenv("MAILBOX_BUREAU", FOSHAN)
    assert example.main() == 2
    assert "MAILBOX_KAFKA_BOOTSTRAP" in capsys.readouterr().err


@pytest.mark.real
async def test_topics_are_asked_for_and_made_only_when_that_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with bench(tmp_path, topics=False) as stage:
        assert await called(stage, "--only", "normal") == 2
        told = capsys.readouterr().err
        assert all(f"{topic.name} ({topic.partitions})" in told for topic in needed(FOSHAN))
        assert "--make-topics" in told
        assert await visible(stage.connection) == frozenset()
        assert await called(stage, "--make-topics", "--only", "normal") == 1
        told = capsys.readouterr().out
        assert "Start your system now." in told
        assert "Nothing came at all" in told
        assert await visible(stage.connection) == {topic.name for topic in needed(FOSHAN)}
        await make(stage.connection, needed(FOSHAN))


@pytest.mark.real
async def test_a_working_system_is_reported_and_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with bench(tmp_path) as stage:
        working = asyncio.ensure_future(Naive(stage.own_keys()).work(stage))
        try:
            kept = tmp_path / "report.json"
            assert await called(stage, "--only", "normal,words", "--json", str(kept)) == 0
        finally:
            working.cancel()
    told = capsys.readouterr().out
    assert "Accept GD-TEST-" in told
    assert "√ 通过 passed: words" in told
    assert "通过 passed 3" in told
    outcomes = json.loads(kept.read_text("utf-8"))["outcomes"]
    assert [one["result"] for one in outcomes] == ["passed"] * 3


@pytest.mark.real
@pytest.mark.usefixtures("interruptible")
async def test_a_check_that_is_broken_off_says_nothing_of_success(tmp_path: Path) -> None:
    async with bench(tmp_path) as stage:
        broker = stage.told["MAILBOX_KAFKA_BOOTSTRAP"]
        call = ["check", "--bureau", FOSHAN, "--broker", broker, "--key", str(stage.public)]
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "clients.bureau", *call), stdout=asyncio.subprocess.PIPE
        )
        assert running.stdout is not None
        while "GD-TEST-" not in (await running.stdout.readline()).decode():
            assert running.returncode is None
        running.send_signal(signal.SIGINT)
        await running.communicate()
    assert running.returncode == 2


@pytest.mark.real
@pytest.mark.parametrize("sign", ["topic", "letter", "key"])
async def test_a_real_mailbox_is_left_alone(
    sign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with bench(tmp_path) as stage:
        if sign == "topic":
            await make(stage.connection, [TOPICS])
        else:
            topic = LETTERS if sign == "letter" else KEYS.name
            async with stage.connection.sending() as sending:
                await sending.send(topic, KafkaRecord(b"GD-7K2M-9QXT-4HBN-W3RD-5", b"{}", []))
        assert await called(stage, "--only", "normal") == 2
        assert "a real mailbox" in capsys.readouterr().err
        wanted = CheckRequest(FOSHAN, stage.public, ["normal"], QUICK)
        with pytest.raises(RealMailbox):
            await check(wanted, stage.connection, say=lambda _: None)
