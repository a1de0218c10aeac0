"""Supervisors and chiefs would count letters wrongly, or letters that they must not see."""

from services.router.domain.overview import Horizon, OverviewFilter, concerns, due_span
from services.router.jobs.overview_refresh import WHOLE, OverviewRefresh
from services.router.store.overview import CHANGED, LetterOverview, OverviewCounts
from shared.kernel.finding import restriction
from shared.kernel.viewers import Viewer
from tests.router.desking import CHIEF, PROVINCE, begin, do, does
from tests.router.office import Office
from tests.router.story import LETTER, MONDAY, OTHER, later, receive

NOW = Horizon.at(MONDAY)
SUPERVISOR = restriction(Viewer("wu", frozenset({"supervisor"})))


async def loaded(desk: Office) -> LetterOverview:
    overview = LetterOverview(desk.shelf.documents)
    await overview.load(desk.shelf.now())
    return overview


async def test_a_letter_is_in_the_lists_that_its_state_says(desk: Office) -> None:
    await begin(desk)
    await does(desk, ("accept", "gz"), ("request_extension", "gz"), ("instruct", PROVINCE))
    await does(desk, ("supervise", "wu"), ("read", CHIEF))
    (line,) = (await loaded(desk)).lines(SUPERVISOR, OverviewFilter(), at=NOW)
    assert (line.number, line.holder, line.state) == (LETTER, "guangzhou", "handling")
    assert concerns(line, NOW) == {"extension", "instruction", "supervised"}
    assert line.read_by == {"guangzhou:chief"}
    assert due_span(line, NOW) == "week"
    assert concerns(line, Horizon.at(later(90))) >= {"overdue", "extension"}


async def test_returns_and_commitments_are_counted(desk: Office) -> None:
    await begin(desk)
    await desk.receive(OTHER, receive("foshan"))
    await does(desk, ("return", "gz"))
    await do(desk, "accept", "fs", OTHER)
    promise = [{"due_on": "2026-11-30", "text": "月底前修好。"}]
    await do(desk, "reply", "fs", OTHER, commitments=promise)
    overview = await loaded(desk)
    found = {line.number: line for line in overview.lines(SUPERVISOR, OverviewFilter(), at=NOW)}
    assert "returned" in concerns(found[LETTER], NOW)
    assert "promise_soon" in concerns(found[OTHER], NOW)
    assert "promise_broken" in concerns(found[OTHER], Horizon.at(later(30)))


async def test_only_lines_that_the_viewer_may_find_are_counted(desk: Office) -> None:
    await begin(desk, None)
    about = {"kind": "unit", "bureau": "province", "unit": "supervisor"}
    await do(desk, "reclassify", "lin", about=about, category="complaint")
    overview = await loaded(desk)
    assert OverviewCounts.of(overview.seen_by(SUPERVISOR), NOW).by_state == {}
    clerk = restriction(Viewer("lin", frozenset({"triage"})))
    counts = OverviewCounts.of(overview.seen_by(clerk), NOW)
    assert counts.by_state == {("triage", "triage"): 1}


async def test_changes_are_seen_without_loading_everything(desk: Office) -> None:
    await begin(desk)
    overview = await loaded(desk)
    desk.shelf.now.pass_by(seconds=60)
    await does(desk, ("accept", "gz"))
    assert desk.shelf.documents.kept[LETTER][CHANGED] >= MONDAY
    assert await overview.refresh(desk.shelf.now()) == 1
    assert [one.state for one in overview.lines(SUPERVISOR, OverviewFilter(), at=NOW)] == [
        "handling"
    ]


async def test_letters_of_older_versions_are_there_after_an_upgrade(desk: Office) -> None:
    await begin(desk)
    desk.shelf.documents.kept[LETTER].pop(CHANGED)
    refresh = OverviewRefresh(overview := LetterOverview(desk.shelf.documents), now=desk.shelf.now)
    await refresh.look()
    assert len(list(overview.lines(SUPERVISOR, OverviewFilter(), at=NOW))) == 1
    await does(desk, ("accept", "gz"))
    desk.shelf.documents.kept[LETTER].pop(CHANGED)
    desk.shelf.now.pass_by(seconds=WHOLE.total_seconds())
    await refresh.look()
    (line,) = overview.lines(SUPERVISOR, OverviewFilter(), at=NOW)
    assert line.state == "handling"


async def test_ended_letters_leave_the_overview(desk: Office) -> None:
    await begin(desk)
    overview = await loaded(desk)
    await does(desk, ("accept", "gz"), ("reply", "gz"))
    await overview.refresh(desk.shelf.now())
    assert [line.state for line in overview.lines(SUPERVISOR, OverviewFilter(), at=NOW)] == [
        "replied"
    ]


async def test_pages_of_a_list_join_without_gaps(desk: Office) -> None:
    await desk.receive(LETTER, receive("guangzhou"))
    await desk.receive(OTHER, receive("foshan"))
    overview = await loaded(desk)
    seen, after = [], None
    while True:
        lines, after = overview.page(SUPERVISOR, OverviewFilter(), at=NOW, after=after, most=1)
        seen += [line.number for line in lines]
        if after is None:
            break
    assert sorted(seen) == sorted((LETTER, OTHER))
