"""Several promises run at a time, and several are called about one emergency: the audit follows."""

from datetime import UTC, date, datetime, timedelta

from shared.audit import report
from shared.audit.story import LetterStanding, after
from shared.contracts.topics import DEADLINES, DIVERTED
from shared.contracts.values import ClockChange
from tests.intake.diversions import DIVERSION
from tests.router.key_story import GZ
from tests.shared.audit.town import OVERDUE, Town, change, codes, said, say_again, town


def promise(number: int, what: str = "started", **over: object) -> ClockChange:
    """A change of a promise's clock."""
    given = {
        "clock": "commitment",
        "round": number,
        "change": what,
        "due_on": date(2026, 12, 20 + number),
        "passes_at": datetime(2026, 12, 20 + number, 16, tzinfo=UTC),
    }
    bare = {"clock": "commitment", "round": number, "change": what}
    return ClockChange.model_validate((given if what == "started" else bare) | over)


def test_each_promise_runs_and_stops_by_itself() -> None:
    clocks = after((promise(1), promise(2)), {})
    assert [one.due_on.day for one in clocks.values()] == [21, 22]
    left = after((promise(1, "stopped"),), clocks)
    assert list(left) == [("commitment", 2)]
    assert LetterStanding(clocks=left).running == {"commitment"}


def _paged(here: Town, standing: str = "delivered") -> None:
    """The next level was called about the diversion, or is to be."""
    name = f"{DIVERSION}/{DIVERTED.name}/{DIVERSION}/1/page"
    call = {"message": "page", "standing": standing}
    here.document("notifier", DIVERSION)["state"]["deliveries"] = [
        {"id": f"{name}-{number}", **call, "details": {"page": number}} for number in (1, 2)
    ]


def _unseen(here: Town) -> None:
    kept = here.document("intake", DIVERSION)
    kept["log"], kept["sent"] = kept["log"][:1], {"diverted": 1}
    kept["unseen_since"] = here.as_of
    here.document("notifier", DIVERSION)["seen"] = {"diverted": 1}


async def test_who_was_called_after_the_first_makes_a_late_look_none_that_was_missed() -> None:
    late = town()
    entry = late.entry("intake", DIVERTED.name, "duty.seen", DIVERSION)
    diverted = said(late.entry("intake", DIVERTED.name, "letter.diverted", DIVERSION))
    see_by = datetime.fromisoformat(diverted["see_by"])
    late_by = see_by + timedelta(minutes=1)
    change(entry, seen_at=f"{late_by:%Y-%m-%dT%H:%M:%SZ}")
    assert codes(await late.audit().run()) == {"not_paged"}
    _paged(late, "waiting")
    assert codes(await late.audit().run()) == {"not_paged"}
    _paged(late)
    tally = await late.audit().run()
    assert not codes(tally)
    assert tally.diversions == {"late": 1, "in_time": 1}


async def test_a_page_is_no_person_who_has_seen_it() -> None:
    """However often people were called, it is a breach until somebody has seen it."""
    unseen = town()
    _unseen(unseen)
    assert codes(await unseen.audit().run()) == {"not_seen", "not_paged"}
    _paged(unseen)
    tally = await unseen.audit().run()
    assert codes(tally) == {"not_seen"}
    assert (tally.diversions["paged_only"], tally.diversions["in_time"]) == (1, 1)
    told = "\n".join(report.lines(tally))
    assert "仅呼叫 paged only 1" in told
    assert "oldest unseen 49 h" in told


async def test_a_writers_repeat_is_called_about_under_the_first_and_must_still_be_seen() -> None:
    here = town()
    _unseen(here)
    entry = here.entry("intake", DIVERTED.name, "letter.diverted", DIVERSION)
    change(entry, repeats="D-0FHN-39XN-CBF0-JYT5-X")
    assert codes(await here.audit().run()) == {"not_seen"}


async def test_a_level_that_a_wait_has_put_off_is_proposed_once_for_each_instant() -> None:
    waited = town()
    entry = waited.entry("notifier", DEADLINES.name, "clock.fired", OVERDUE)
    document = waited.document("notifier", OVERDUE)
    say_again(document, entry, passed_at="2026-12-01T16:00:00Z")
    assert "fired_twice" not in codes(await waited.audit().run())
    say_again(document, entry, passed_at="2026-12-01T16:00:00Z")
    assert "fired_twice" in codes(await waited.audit().run())


async def test_codes_that_older_versions_kept_are_no_words() -> None:
    """Complaints about the province, and keys that two people entered, in their old forms alone."""
    old = town()
    old.document("router", OVERDUE)["open_to"] = ["all/named path"]
    asked = old.document("router", GZ)["asked"]
    asked |= {
        "desk-1": f"enter {GZ}.new {'a' * 64} None",
        "desk-2": f"retire {GZ}.new 2026-12-01 08:00:00+00:00",
        "desk-3": f"confirm {GZ}.new {'a' * 64}",
    }
    assert not codes(await old.audit().run())
    asked["desk-4"] = f"confirm {GZ}.new please"
    assert codes(await old.audit().run()) == {"clear_in_document"}
