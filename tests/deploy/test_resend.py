"""Which services are asked to resend, and the sum of their answers."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence

import pytest

from deploy.local import __main__ as program
from deploy.local import resend as module
from deploy.local.resend import resend, services_for
from deploy.local.stack.plan import SERVICES
from shared.kernel.letter_number import new_letter_number
from shared.platform.app.resends_command import BadSelection, add_selection

LETTER = new_letter_number(bytes(range(10)))


def asked(*words: str) -> Namespace:
    parser = ArgumentParser()
    add_selection(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(
    ("words", "services"),
    [
        (["--letter", LETTER], SERVICES),
        (["--since", "2026-11-24T09:00:00Z"], SERVICES),
        (["--topic", "letters.submitted"], ("intake",)),
        (["--topic", "letters.deadlines", "--letter", LETTER], ("notifier",)),
        (["--bureau", "guangzhou"], ("router",)),
        (["--bureau", "guangzhou", "--snapshot"], ("router",)),
        (["--topic", "bureau.guangzhou.letters", "--bureau", "guangzhou"], ("router",)),
    ],
)
def test_who_writes_the_topics_is_asked(words: list[str], services: tuple[str, ...]) -> None:
    assert services_for(asked(*words)) == services


@pytest.mark.parametrize(
    "words",
    [
        ["--topic", "bureau.guangzhou.actions"],
        ["--topic", "mailbox.topics"],
        ["--topic", "letters.submitted", "--bureau", "guangzhou"],
        [],
        ["--run", "r-1", "--letter", LETTER],
        ["--snapshot"],
        ["--snapshot", "--letter", LETTER],
    ],
)
def test_what_nobody_can_do_is_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadSelection):
        services_for(asked(*words))
    assert program.main(["resend", *words]) == 2
    assert "·" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("codes", "code"),
    [((0, 0, 0, 0), 0), ((2, 0, 2, 0), 0), ((2, 2, 2, 2), 2), ((0, 1, 2, 0), 1)],
)
def test_one_that_has_nothing_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, codes: tuple[int, ...], code: int
) -> None:
    told: list[tuple[str, list[str]]] = []

    def operate(service: str, words: Sequence[str], *, environment: Mapping[str, str]) -> int:
        assert environment == {"A": "b"}
        told.append((service, list(words)))
        return codes[len(told) - 1]

    monkeypatch.setattr(module, "operate", operate)
    words = ["--letter", LETTER, "--since", "2026-11-24T09:00:00+08:00"]
    assert resend(asked(*words), environment={"A": "b"}) == code
    expected = ["resend", f"--letter={LETTER}", "--since=2026-11-24T09:00:00+08:00"]
    assert told == [(service, expected) for service in SERVICES]


def test_the_words_that_are_passed_on_mean_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["--bureau", "foshan", "--snapshot", "--run", "r-1", "--letter", LETTER]
    passed: list[str] = []

    def operate(_: str, words: Sequence[str], *, environment: Mapping[str, str]) -> int:
        passed.extend(words)
        return len(environment)

    monkeypatch.setattr(module, "operate", operate)
    assert resend(asked(*words), environment={}) == 0
    assert asked(*passed[1:]) == asked(*words)
