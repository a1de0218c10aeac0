"""The command's arguments become actions, and invalid ones are explained."""

import io
from datetime import date
from pathlib import Path

import pytest

from clients.bureau._cli.arguments import BadWords
from clients.bureau._cli.command import command_line, main
from clients.bureau.action_records import Made
from clients.bureau.actions import ACTION_ROWS
from shared.contracts import actions_v1 as actions
from shared.contracts.event import Action
from shared.contracts.words import Note, ReplyText
from tests.clients.making import GZ, LETTER, NOON

SECRET = "不可外传的话"


def made(*words: str) -> Action:
    """The command's action."""
    asked = command_line().parse_args([words[0], LETTER, "--bureau", GZ, *words[1:]])
    return ACTION_ROWS[asked.command].make(asked, 3, made=Made(made_at=NOON, staff=asked.staff))


WORDS: dict[str, tuple[str, ...]] = {
    "accept": (),
    "return": ("--reason", "other_place", "--suggestion", "foshan", "--text", "在佛山。"),
    "decline": ("--reason", "court_or_arbitration", "--where-to-turn", "court", "--text", "请。"),
    "pass-on": ("--unit", "tianhe.traffic", "--police-type", "traffic"),
    "unit-accept": ("--unit", "tianhe.traffic"),
    "note": ("--text", "已核对。"),
    "ask": ("--text", "哪一天？"),
    "request-extension": ("--days", "3", "--reason", "complex"),
    "reply": ("--outcome", "resolved", "--text", "已修好。"),
    "answer-instruction": ("--instruction", "1", "--text", "已办。"),
    "fulfil": ("--commitment", "1", "--text", "已回访。"),
    "link": ("--kind", "duplicate", "--with", LETTER),
    "propose-publication": (),
    "resend": ("--from", "2"),
}


@pytest.mark.parametrize("name", ACTION_ROWS)
def test_each_subcommand_makes_its_action(name: str) -> None:
    action = made(name, *WORDS[name], "--staff", "s-7")
    kind = name.replace("-", "_").replace("resend", "request_resend")
    assert type(action).type == f"gd.mailbox.action.{kind}.v1"
    assert (action.assignment, action.staff, action.made_at) == (3, "s-7", NOON)


def test_a_reply_with_everything(tmp_path: Path) -> None:
    (promise := tmp_path / "promise.txt").write_text("年底前回访。")
    action = made(
        "reply", "--outcome", "unfounded", "--finding", "no_evidence", "--referred-to", "12345",
        "--text", "查无实据。", "--publish", "--signed-by", "chief-1",
        "--commitment", "2026-12-31", str(promise), "--commitment", "2027-01-15", str(promise),
    )  # fmt: skip
    assert isinstance(action, actions.Reply)
    assert (action.outcome, action.finding, action.referred_to) == (
        "unfounded", "no_evidence", "12345",
    )  # fmt: skip
    assert (action.publication_proposed, action.signed_by) == (True, "chief-1")
    assert [one.due_on for one in action.commitments] == [date(2026, 12, 31), date(2027, 1, 15)]
    assert all(isinstance(one.words, Note) for one in action.commitments)


def test_words_come_from_a_file_or_from_stdin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file := tmp_path / "reply.txt").write_text("从文件来。")
    monkeypatch.setattr("sys.stdin", io.StringIO("从标准输入来。"))
    for where, text in ((str(file), "从文件来。"), ("-", "从标准输入来。")):
        action = made("reply", "--outcome", "resolved", "--text-file", where)
        assert isinstance(action, actions.Reply)
        assert isinstance(action.words, ReplyText)
        assert action.words.text == text


def test_reasons_need_no_words() -> None:
    for name in ("return", "request-extension"):
        bare = [word for word in WORDS[name] if word not in {"--text", "在佛山。"}]
        action = made(name, *bare)
        assert isinstance(action, actions.Return | actions.RequestExtension)
        assert action.words is None


@pytest.mark.parametrize(
    "words",
    [
        ("return", LETTER),
        ("return", LETTER, "--reason", "too_hard"),
        ("return", LETTER, "--reason", "other_place", "--suggestion", "atlantis"),
        ("decline", LETTER, "--reason", "secret"),
        ("decline", LETTER, "--reason", "boring", "--text", SECRET),
        ("decline", LETTER, "--reason", "secret", "--where-to-turn", "home", "--text", SECRET),
        ("pass-on", LETTER, "--unit", "天河", "--police-type", "traffic"),
        ("pass-on", LETTER, "--unit", "tianhe", "--police-type", "navy"),
        ("unit-accept", LETTER),
        ("note", LETTER),
        ("note", LETTER, "--text", SECRET, "--text-file", "-"),
        ("ask", LETTER),
        ("request-extension", LETTER, "--days", "0", "--reason", "complex"),
        ("request-extension", LETTER, "--days", "some", "--reason", "complex"),
        ("request-extension", LETTER, "--days", "3"),
        ("reply", LETTER, "--outcome", "fine", "--text", SECRET),
        ("reply", LETTER, "--outcome", "resolved", "--text", SECRET, "--commitment", "2026-12-31"),
        ("answer-instruction", LETTER, "--text", SECRET),
        ("fulfil", LETTER, "--commitment", "-1", "--text", SECRET),
        ("link", LETTER, "--kind", "cousin", "--with", LETTER),
        ("link", LETTER, "--kind", "campaign", "--with", "两 个"),
        ("propose-publication", "no number"),
        ("accept", LETTER, "--staff", "王五"),
        ("accept", LETTER, "--assignment", "0"),
        ("accept", LETTER, "--timeout", "0"),
        ("applaud", LETTER),
    ],
    ids=lambda words: " ".join(word for word in words if word not in {LETTER, SECRET}),
)
def test_wrong_words_are_refused_before_anything_is_sent(
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAILBOX_BUREAU", GZ)
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert SECRET not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("note", "--text", ""), "text"),
        (("note", "--text", SECRET * 700), "4000"),
        (("decline", "--reason", "secret", "--text", SECRET * 4_000), "20000"),
        (("request-extension", "--days", "401", "--reason", "complex"), "days"),
        (("ask", "--text-file", "{folder}/none.txt"), "can't be read"),
        (("ask", "--text-file", "{folder}"), "can't be read"),
        (("ask", "--text-file", "{folder}/gbk.txt"), "UTF-8"),
        (
            ("reply", "--outcome", "resolved", "--text", "好", "--commitment", SECRET, "{folder}"),
            "2026-12-31",
        ),
        (
            ("reply", "--outcome", "resolved", "--text", "好",
             *("--commitment", "2026-12-31", "{folder}/ok.txt") * 11),
            "commitments",
        ),
    ],
)  # fmt: skip
def test_what_cant_be_sent_is_named_and_never_repeated(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAILBOX_BUREAU", GZ)
    monkeypatch.setenv("MAILBOX_ENV", "dev")
    monkeypatch.setenv("MAILBOX_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    (tmp_path / "gbk.txt").write_bytes("您好".encode("gbk"))
    (tmp_path / "ok.txt").write_text("好。")
    filled = [word.replace("{folder}", str(tmp_path)) for word in words]
    assert main([filled[0], LETTER, *filled[1:]]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert SECRET not in told.err + told.out


def test_a_day_is_a_day() -> None:
    with pytest.raises(BadWords, match="2026-12-31"):
        made("reply", "--outcome", "resolved", "--text", "好", "--commitment", "31.12.2026", "-")
