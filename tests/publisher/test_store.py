"""Indexes of drafts and publications, and fields that the public list never loads."""

import json
from datetime import timedelta

import pytest

from services.publisher import store
from services.publisher.domain import Command
from services.publisher.domain.draft import ApproveDraft, ProposeDraft
from services.publisher.domain.letter import (
    CopiedDraft,
    LivePublication,
    ProposedDraft,
    PublisherLetter,
)
from shared.contracts.topics import PROGRESS, PUBLISHED, RELEASES, SUBMITTED
from shared.kernel.errors import BadValue
from shared.kernel.letter_number import new_letter_number, new_publication_id
from shared.kernel.viewers import Viewer
from shared.platform.http.visibility import marks, visibility_filter
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo import paging
from tests.publisher.story import LETTER, MEI, RULES, WORDS, ZHOU, answered, copied, given
from tests.publisher.test_domain import APPROVE, RELEASED
from tests.publisher.test_domain import PUBLISHED as LETTER_PUBLISHED
from tests.support.memory_shell import MemoryShell, memory_shell
from tests.support.moving import moment

OurStage = MemoryShell[Command, PublisherLetter]
LISTED = ("copied_at", "problem_at", "published_at", "publication")
SETTLED = ("rejected_at", "taken_down_at", "grams", "public_city", "public_topic")
COUNTED = ("received_on", "leaf_noted_at")
EDITED = visibility_filter(Viewer(MEI, frozenset({"editor"})), least="copy")


async def draft(stage: OurStage, letter: str = LETTER) -> None:
    await stage.hear(PROGRESS.name, letter, *answered())
    await stage.hear(SUBMITTED.name, letter, copied())


async def publish(stage: OurStage, letter: str = LETTER, number: int = 0) -> str:
    name = new_publication_id(number.to_bytes(10, "big"))
    await draft(stage, letter)
    now = stage.now()
    await stage.commands.execute(IdempotentCommand(letter, ProposeDraft(1, MEI, now), "propose"))
    await stage.commands.execute(
        IdempotentCommand(letter, ApproveDraft(1, ZHOU, name, now), "approve")
    )
    await stage.commands._unsent.join()
    return name


def test_a_draft_is_listed_from_copy_to_publication() -> None:
    copied_at = moment(26)
    assert store.index(PublisherLetter()) == {
        **dict.fromkeys((*LISTED, *SETTLED, *COUNTED)),
        **marks(None),
    }
    assert (
        store.index(PublisherLetter(draft=CopiedDraft(WORDS, 1, copied_at)))["copied_at"]
        == copied_at
    )
    proposed = ProposedDraft(WORDS, 1, copied_at, MEI, moment(27))
    assert store.index(PublisherLetter(draft=proposed))["copied_at"] == copied_at
    story = given.state(PublisherLetter(state="replied", draft=proposed)).when(APPROVE)
    assert isinstance(story.state.draft, LivePublication)
    found = store.index(story.state)
    assert [found[name] for name in LISTED] == [None, None, APPROVE.at, APPROVE.publication]


async def test_a_copy_is_found_by_nobody_before_it_is_known_whom_its_letter_complains_of() -> None:
    async with memory_shell(RULES, at=moment(20)) as stage:
        await stage.hear(SUBMITTED.name, LETTER, copied())
        rows, _ = await store.drafts(stage.documents, stage.now(), seen=EDITED)
        await stage.hear(PROGRESS.name, LETTER, *answered())
        later, _ = await store.drafts(stage.documents, stage.now(), seen=EDITED)
    assert (rows, [row.letter for row in later]) == ([], [LETTER])


def test_our_services_are_told_by_letter_and_everyone_by_publication() -> None:
    (ours,) = store.outgoing(LETTER_PUBLISHED, PublisherLetter())
    (public,) = store.outgoing(RELEASED, PublisherLetter())
    assert (ours.topic, ours.subject) == (PUBLISHED.name, None)
    assert (public.topic, public.subject) == (RELEASES.name, APPROVE.publication)


async def test_what_everyone_hears_names_no_letter() -> None:
    async with memory_shell(RULES, at=moment(27)) as stage:
        await publish(stage)
        (public,) = [one for one in stage.bus.sent if one.topic == RELEASES.name]
    assert LETTER not in repr(public)
    assert MEI not in repr(public)
    assert {name for name, _ in public.headers} & {"ce_cause", "traceparent"} == set()


async def test_a_draft_is_sealed_until_it_is_public() -> None:
    async with memory_shell(RULES, at=moment(27)) as stage:
        await draft(stage)
        assert WORDS.text not in _as_text(stage)
        await publish(stage, new_letter_number(bytes(10)))
        assert WORDS.text in _as_text(stage)


def _as_text(stage: OurStage) -> str:
    states = [one["state"] for one in stage.documents.kept.values()]
    return json.dumps(states, ensure_ascii=False).replace("\\n", "\n")


async def test_the_public_list_is_newest_first_and_whole_on_any_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store.publication_queries, "MOST_ON_A_PAGE", 3)
    async with memory_shell(RULES, at=moment(20)) as stage:
        made = []
        for number in range(8):
            made.append(await publish(stage, f"GD-{number:04d}-0000-0000-0000-0", number))
            if number % 3 == 2:
                stage.now.pass_by(microseconds=1700)
        seen, sizes, after = [], [], None
        while True:
            page, after = await store.publications(stage.documents, stage.now(), after=after)
            seen += [one.publication for one in page]
            sizes.append(len(page))
            if after is None:
                break
            after = paging.place(paging.written(after))
        assert await store.publications(stage.documents, moment(19)) == ([], None)
    assert sorted(seen) == sorted(made)
    assert sizes == [3, 3, 2]
    assert set(seen[:2]) == set(made[6:])
    assert set(seen[2:5]) == set(made[3:6])


async def test_a_publication_is_loaded_without_the_letter() -> None:
    async with memory_shell(RULES, at=moment(27)) as stage:
        name = await publish(stage)
        page = await store.publication(stage.documents, name)
        raw = await stage.documents.one(
            {"publication": name}, fields=store.publication_queries.PUBLICATIONS.fields
        )
        assert await store.publication(stage.documents, "P-another") is None
    assert page is not None
    assert (page.publication, page.text) == (name, WORDS.text)
    assert LETTER not in repr(raw)


async def test_drafts_are_listed_oldest_first_without_their_words() -> None:
    other = new_letter_number(bytes(10))
    async with memory_shell(RULES, at=moment(20)) as stage:
        await draft(stage, other)
        stage.now.pass_by(hours=1)
        await draft(stage)
        stage.documents.found = 0
        rows, end = await store.drafts(stage.documents, stage.now(), seen=EDITED)
        assert await store.count_drafts(stage.documents, stage.now()) == 2
        assert await store.count_drafts(stage.documents, stage.now() - timedelta(hours=1)) == 1
    assert [row.letter for row in rows] == [other, LETTER]
    assert (rows[0].stage, rows[0].copy, rows[0].city) == ("copied", 1, "guangzhou")
    assert end is None


@pytest.mark.parametrize("text", ["", "x", "20261131T000000.000000Z~P-1", "../../etc"])
def test_a_place_that_nobody_wrote_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        paging.place(text)
