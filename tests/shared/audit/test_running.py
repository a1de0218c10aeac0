"""An audit waits, looks again, and tells faults from changes under way."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect
from typing_extensions import override

from shared.audit import report, running
from shared.audit.reading import Archive, NoNumber, all_letters
from shared.audit.running import NotCaughtUp
from shared.contracts.topics import PROGRESS
from shared.platform.mongo.database import Document
from shared.platform.repair.watermarks import Behind
from tests.shared.audit.town import ANSWERED, WAITING, Still, Town, change, codes, town
from tests.support.doubles import Memory


class Restless(Memory):
    """Documents of which some are written again before each look at them by number."""

    def __init__(self, kept: Memory, *, repaired_at: int | None = None) -> None:
        super().__init__()
        self.kept = kept.kept
        self.looks = 0
        self.repaired_at = repaired_at
        """The look before which a service that was behind has caught up."""

    @override
    async def _before_read(self, where: Mapping[str, Any]) -> None:
        if "_id" in where:
            self.looks += 1
            for one in self.kept.values():
                one["version"] += 1
            if self.looks == self.repaired_at:
                self.kept[ANSWERED]["seen"]["progress"] += 1
        await super()._before_read(where)


def behind(of: Town) -> tuple[Archive, ...]:
    """The publisher lacks the last event of one letter."""
    of.document("publisher")["seen"]["progress"] -= 1
    return of.archives()


def restless(archives: tuple[Archive, ...], **how: Any) -> tuple[Archive, ...]:
    """The publisher keeps writing."""
    return tuple(
        replace(one, letters=Restless(one.letters, **how))
        if one.service == "publisher" and isinstance(one.letters, Memory)
        else one
        for one in archives
    )


async def test_what_stands_still_and_is_wrong_is_a_breach() -> None:
    here = town()
    tally = await here.audit(behind(here)).run()
    assert codes(tally) == {"not_heard"}
    assert tally.lines["lost"].moving == 0


async def test_what_changes_while_it_looks_wrong_is_moving() -> None:
    here = town()
    tally = await here.audit(restless(behind(here))).run()
    assert not tally.breaches
    assert tally.lines["lost"].moving == 1


@pytest.mark.parametrize("look", [2, 3])
async def test_what_comes_right_is_neither(look: int) -> None:
    here = town()
    tally = await here.audit(restless(behind(here), repaired_at=look)).run()
    assert not tally.breaches
    assert all(line.moving == 0 for line in tally.lines.values())


async def test_what_lasts_is_a_breach_however_much_it_moves() -> None:
    here = town()
    here.document("publisher")["state"]["title"] = "路灯坏了"
    tally = await here.audit(restless(here.archives())).run()
    assert codes(tally) == {"clear_in_document"}
    assert tally.lines["secrecy"].letters == 1


async def test_every_letter_that_any_service_knows_is_read_once() -> None:
    here = town()
    del here.letters["intake"][ANSWERED]
    del here.letters["router"][WAITING]
    read = [look.letter async for looks in all_letters(here.archives()) for look in looks]
    assert read == sorted({name for of in here.letters.values() for name in of})


async def test_moved_entries_count_as_if_they_had_stayed() -> None:
    here = town()
    kept = here.document("router")
    moved, kept["log"] = kept["log"][:6], kept["log"][6:]
    kept["moved"] = len(moved)
    here.moved["router"] = [
        {"_id": f"{one['topic']}/{ANSWERED}/{one['sequence']}", "letter": ANSWERED, **one}
        for one in moved
    ]
    tally = await here.audit().run()
    assert not codes(tally)


async def test_nothing_is_audited_while_a_service_is_behind() -> None:
    late = Behind("router", PROGRESS.name, 3, 17)
    with pytest.raises(NotCaughtUp) as refused:
        await town().audit(marks=Still([late])).run()
    assert set(refused.value.behind) == {late}


async def test_it_goes_on_once_all_have_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "POLL_S", 0)

    class Catching(Still):
        @override
        async def behind(self, *of: Any, **how: Any) -> Sequence[Behind]:
            found = await super().behind(*of, **how)
            if len(self.asked) > 5:
                self.late.clear()
            return list(found)

    marks = Catching([Behind("router", PROGRESS.name, 3, 17)])
    audit = replace(town().audit(marks=marks), wait=timedelta(days=1))
    assert not (await audit.run()).breaches
    assert set(marks.asked) == {"intake", "router", "notifier", "publisher"}


class Reading(Still):
    """The publisher has read everything when the audit begins, but not what came since."""

    def __init__(self, archives: Sequence[Archive], *, polls: int) -> None:
        super().__init__()
        self._publisher = next(one.letters for one in archives if one.service == "publisher")
        self._polls = polls
        """How many queries until it has read that, too."""

    @override
    async def behind(self, *of: Any, **how: Any) -> Sequence[Behind]:
        await super().behind(*of, **how)
        is_later = self.asked.count("publisher") > 1
        if of[0] != "publisher" or not is_later or not self._polls:
            return []
        self._polls -= 1
        if not self._polls:
            assert isinstance(self._publisher, Memory)
            self._publisher.kept[ANSWERED]["seen"]["progress"] += 1
        return [Behind("publisher", PROGRESS.name, 1, self._polls + 1)]


async def test_what_a_service_still_reads_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes: each time that it is asked it has come a little further."""
    monkeypatch.setattr(running, "POLL_S", 0.02)
    here = town()
    archives = behind(here)
    marks = Reading(archives, polls=10)
    audit = replace(here.audit(archives, marks=marks), wait=timedelta(seconds=0.1))
    tally = await audit.run()
    assert (tally.breaches, tally.behind, tally.lines["lost"].moving) == (0, [], 0)
    assert marks.asked.count("publisher") == 12


async def test_who_stands_still_is_behind_and_has_lost_nothing() -> None:
    here = town()
    here.document("notifier")["seen"]["progress"] -= 1
    archives = behind(here)
    tally = await here.audit(archives, marks=Reading(archives, polls=99)).run()
    (breach,) = tally.lines["lost"].shown
    assert breach.finding.at.startswith("notifier ")
    assert tally.lines["lost"].behind == 1
    assert [one.group for one in tally.behind] == ["publisher"]
    assert "publisher  letters.progress/1  behind by" in "\n".join(report.lines(tally))


async def test_a_database_that_fails_ends_the_audit() -> None:
    here = town()
    archives = here.archives()
    memory = archives[1].letters
    assert isinstance(memory, Memory)
    memory.unread.append(True)
    with pytest.raises(AutoReconnect):
        await here.audit(archives).run()


async def test_more_suspects_than_can_be_held_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_SUSPECTS", 2)
    here = town()
    for letter in list(here.letters["router"]):
        change(here.document("router", letter)["log"][0], remark="two words")
    tally = await here.audit().run()
    assert tally.lines["secrecy"].letters == 2
    assert tally.unjudged == 7


async def test_a_document_without_a_number_ends_the_audit() -> None:
    here = town()
    archives = here.archives()
    memory = archives[2].letters
    assert isinstance(memory, Memory)
    memory.kept = {7: {"_id": 7}}
    with pytest.raises(NoNumber, match="notifier"):
        await here.audit((archives[2],)).run()


async def test_a_letter_that_vanished_stands_against_nobody() -> None:
    here = town()
    archives = behind(here)

    class Vanishing(Memory):
        @override
        async def find(self, where: Any, **how: Any) -> list[Document]:
            gone = "_id" in where and self.writes
            self.writes = [()]
            return [] if gone else await super().find(where, **how)

        @override
        async def stream(self, where: Any, **how: Any) -> AsyncIterator[Document]:
            for one in await super().find(where, **how):
                yield one

    def vanishing(one: Archive) -> Archive:
        memory = Vanishing()
        assert isinstance(one.letters, Memory)
        memory.kept = one.letters.kept
        return replace(one, letters=memory)

    tally = await here.audit(tuple(vanishing(one) for one in archives)).run()
    assert not tally.breaches
