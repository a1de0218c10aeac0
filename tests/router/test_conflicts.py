"""Whoever declares a conflict of interest sees nothing of the letter afterwards."""

from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from services.router.domain.claims import Claim
from services.router.domain.conflicts import MOST_CONFLICTS, DeclareConflict
from services.router.domain.letter import standing
from shared.contracts.values import By
from shared.kernel.access_policy import can_view
from shared.kernel.errors import LimitReached, NotAllowed
from shared.kernel.finding import restriction
from shared.kernel.viewers import Viewer
from tests.router.desking import ROLES, begin, do, does, said
from tests.router.office import Office
from tests.router.story import LETTER, MONDAY, STAGES, at, letter_of, names
from tests.support.budget import budget

HANDLER = By(role="handler", bureau="guangzhou", staff="gz")
ASKED = DeclareConflict(HANDLER, MONDAY)


@pytest.mark.parametrize("stage", STAGES.keys() - {"nothing"})
def test_it_counts_in_every_state_and_once(stage: str) -> None:
    story = at(stage).when(ASKED)
    assert names(story.caused) == ["conflict.declared"]
    assert letter_of(story.state).conflicted == ("gz",)
    assert letter_of(story.state).state == letter_of(at(stage).state).state
    story.when(ASKED).then_nothing()


def test_nobody_without_a_name_has_one_and_not_everybody() -> None:
    with pytest.raises(NotAllowed):
        at("handling").when(DeclareConflict(By(role="handler", bureau="guangzhou"), MONDAY))
    crowd = [DeclareConflict(By(role="triage", staff=f"t-{n}"), MONDAY) for n in range(100)]
    assert len(crowd) == MOST_CONFLICTS
    with pytest.raises(LimitReached):
        at("triage").when(*crowd, ASKED)


@settings(max_examples=budget(200), deadline=None)
@forall(
    who=st.sampled_from(sorted(ROLES)),
    others=st.sets(st.sampled_from(sorted(ROLES)), max_size=4),
    stage=st.sampled_from(sorted(STAGES.keys() - {"nothing"})),
)
def test_the_person_and_nobody_else_is_kept_out(who: str, others: set[str], stage: str) -> None:
    before = letter_of(at(stage).state)
    declared = [DeclareConflict(By(role="handler", staff=one), MONDAY) for one in others]
    after = letter_of(at(stage).when(*declared).state)
    viewer = Viewer(who, frozenset(ROLES[who]))
    if who in others:
        assert can_view(viewer, standing(after)) == "nothing"
        assert not restriction(viewer, least="copy").lets(standing(after))
    else:
        assert can_view(viewer, standing(after)) == can_view(viewer, standing(before))


async def test_lists_search_and_the_letter_show_nothing_any_more(desk: Office) -> None:
    await begin(desk)
    await does(desk, ("accept", "gz"))
    assert (await seen(desk, "gz")) == [200, 1, 1, 1]
    answer = await do(desk, "conflict", "gz", body=None)
    assert (answer.status_code, answer.content) == (204, b"")
    assert said(desk)[-1] == "conflict.declared"
    assert (await seen(desk, "gz")) == [404, 0, 0, 0]
    assert (await do(desk, "conflict", "gz", body=None)).status_code == 404
    assert (await do(desk, "note", "gz")).status_code == 404
    assert (await seen(desk, "lin"))[0] == 200


async def test_a_claim_and_a_draft_are_let_go(desk: Office) -> None:
    await begin(desk)
    await does(desk, ("accept", "gz"))
    stores, now = desk.stores, MONDAY
    await stores.claims.claim(Claim(LETTER, "gz", "guangzhou", 1, now))
    await stores.drafts.save(LETTER, {}, staff="gz", assignment=1, version=0, now=now)
    await stores.visits.opened("gz", LETTER, facts=2, now=now)
    await do(desk, "conflict", "gz", body=None)
    assert await stores.claims.of([LETTER]) == {}
    assert await stores.drafts.read(LETTER, assignment=1) is None
    assert await stores.visits.seen("gz", [LETTER]) == {}


async def seen(desk: Office, who: str) -> list[Any]:
    """What the letter, its lists and searches show this person."""
    headers = desk.headers(who)
    one = await desk.client.get(f"/v1/letters/{LETTER}", headers=headers)
    params = {"state": "handling", "holder": "guangzhou"}
    listed = await desk.client.get("/v1/letters", params=params, headers=headers)
    by_number = await desk.client.post("/v1/search", json={"number": LETTER}, headers=headers)
    by_time = await desk.client.post("/v1/search", json={}, headers=headers)
    lists = [listed, by_number, by_time]
    return [one.status_code, *(len(answer.json()["letters"]) for answer in lists)]
