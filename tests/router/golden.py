"""Recorded lives of letters, which later code must still read.

`python -m tests.router.golden` writes the stories that have no file yet, and leaves the others
unchanged. Each line is a fact; the last one is the final state.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from services.router.domain.actors import Command
from services.router.domain.evolve import evolve
from services.router.domain.letter import Letter, LetterState, Pledge, UnknownLetter
from shared.contracts.catalogue import EVENTS
from shared.contracts.event import Event, Fact
from shared.contracts.values import About
from tests.router.story import (
    CHIEF,
    NOTE,
    PROVINCE_CHIEF,
    SUPERVISOR,
    accept,
    ask,
    at,
    decline,
    for_bureau,
    given,
    later,
    letter_of,
    names,
    rate,
    receive,
    reply,
    route,
    sign,
)
from tests.router.test_commitments import fulfil, instruct, obey
from tests.router.test_extensions import decide, more
from tests.router.test_handling import in_unit, note, pass_on
from tests.router.test_questions import add, answer
from tests.router.test_reclassification import petition, reclassify
from tests.router.test_routing import back, recall
from tests.router.test_signing import MALICIOUS, send_back
from tests.router.test_timers import fired
from tests.router.test_writer_requests import appeal, reopen

GOLDEN = Path(__file__).parents[1] / "golden"
PROMISE = (Pledge(later(30).date(), NOTE),)


def _lapsing() -> Command:
    clock = letter_of(at("supplement").state).running("answer")
    assert clock is not None
    return fired(clock, level="effect")


STORIES: dict[str, tuple[Command, ...]] = {
    "answered": (receive(), accept(), note(), reply(commitments=PROMISE), rate(), fulfil()),
    "asked": (
        *(receive(), accept(), ask(), _lapsing(), ask(at=later(9)), answer(2, at=later(10))),
        *(more(at=later(11)), decide(at=later(11)), add(at=later(12)), reply(at=later(13))),
    ),
    "returned": (
        *(receive(None), route("foshan"), back("foshan", suggestion="guangzhou")),
        *(route("guangzhou"), back("guangzhou", 2, suggestion="foshan"), route("foshan")),
        *(accept("foshan", 3), pass_on(bureau="foshan", assignment=3)),
        *(in_unit(bureau="foshan", assignment=3), reply("foshan", 3)),
    ),
    "appealed": (
        *(receive(category="complaint"), decline(), send_back(), reply(at=later(1)), sign()),
        *(reopen(), reply(at=later(2)), sign(at=later(2)), reopen("r-9", at=later(3))),
        *(reply(at=later(4), **MALICIOUS), sign(CHIEF, later(4)), sign(SUPERVISOR, later(4))),
        *(appeal(at=later(5)), instruct(), route("foshan", at=later(6))),
        *(obey(bureau="foshan", assignment=2), decline("foshan", 2, at=later(6))),
    ),
    "recalled": (
        *(receive(), petition(), accept(), ask(), recall(at=later(2)), route("foshan")),
        *(accept("foshan", 2), reclassify(about=About(kind="bureau", bureau="foshan"))),
        *(decline("triage", 2), sign(PROVINCE_CHIEF, later(3))),
    ),
}


def told(commands: Iterable[Command]) -> list[Fact]:
    """The facts of a story, without words: these are sealed wherever facts are kept."""
    story, facts = given(), list[Fact]()
    for command in commands:
        story = story.when(command)
        facts += [event.map_words(_wordless) for event in story.caused if isinstance(event, Fact)]
    return facts


def left(facts: Iterable[Event]) -> dict[str, Any]:
    """A letter's final state, and the events for bureaus."""
    state: LetterState = UnknownLetter()
    heard: list[str] = []
    for fact in facts:
        state = evolve(state, fact)
        heard += names(for_bureau(fact, state))
    assert isinstance(state, Letter)
    return {
        "is": f"{state.holder}:{state.state}",
        "assignment": state.assignment,
        "counts": [state.replies, state.reopened, state.appeals, len(state.commitments)],
        "flags": [state.masked, state.is_supervised, state.is_petition],
        "clocks": [_clock(one) for one in state.clocks],
        "heard": heard,
    }


def read(file: Path) -> tuple[list[Event], dict[str, Any]]:
    """The facts of a file, and the final state when they were written."""
    *lines, last = map(json.loads, file.read_text("utf-8").splitlines())
    facts = [EVENTS[line["type"]].model_validate_json(json.dumps(line["data"])) for line in lines]
    return facts, last


def _lines(commands: Iterable[Command]) -> Iterator[str]:
    facts = told(commands)
    for fact in facts:
        yield json.dumps({"type": fact.type, "data": json.loads(fact.model_dump_json())})
    yield json.dumps(left(facts))


def _wordless(_: str, words: object) -> None:
    del words


def _clock(clock: Any) -> list[str]:
    levels = [level.level for level in clock.to_come]
    paused = ["paused"] if clock.is_paused else []
    return [clock.clock, str(clock.round), clock.due_on.isoformat(), *levels, *paused]


if __name__ == "__main__":
    for name, commands in STORIES.items():
        path = GOLDEN / f"letter-{name}.jsonl"
        if not path.exists():
            path.write_text("\n".join(_lines(commands)) + "\n", "utf-8")
