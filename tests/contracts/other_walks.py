"""Walks through all that intake, the notifier, the publisher and the shell can be asked."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.intake.api import router as intake_router
from services.intake.domain.identity_sealing import SealIdentity, without_key
from services.notifier.domain.delivery_queue import (
    GiveUpDelivery,
    HoldDelivery,
    NoteDelivered,
    PostponeDelivery,
    RefuseDelivery,
)
from services.notifier.domain.duty_calls import CallNextLevel
from services.publisher.api import router as publisher_router
from shared.contracts.published_v1 import LetterPublished, PublicationProblemReported
from shared.contracts.submitted_v1 import ConsentChanged, LetterErased
from shared.contracts.topics import DIVERTED, PROGRESS, PUBLISHED, SUBMITTED
from shared.contracts.words import Contact
from shared.platform.letters.service_decider import IdempotentCommand
from tests.intake import story as writing
from tests.intake.emergencies import ASK, PLANTED, diverted, on_duty
from tests.intake.file_world import fetched, letter_with, opened, picture, uploaded
from tests.intake.front import ASKS, CHANGES, Front, front
from tests.intake.test_counter import code_of, entered
from tests.intake.test_counter import post as at_counter
from tests.intake.test_look_ups import BY_PHONE, look
from tests.intake.test_masked_reveals import asked as asked_to_reveal
from tests.intake.test_masked_reveals import decide, view
from tests.intake.test_reveals import HANDLER, ask
from tests.notifier.story import (
    DIVERSION,
    LETTER,
    OTHER,
    PHONE,
    RED_AT,
    RULES,
    fact,
    started,
    submitted,
)
from tests.notifier.story import DIVERTED as AN_EMERGENCY
from tests.notifier.story import replied as answered
from tests.notifier.working import firing, settled
from tests.publisher.face import Face, faces
from tests.publisher.story import submitted as heard
from tests.publisher.test_changes import APPROVAL, CHANGE, CORRECTION, reported
from tests.support.asking import Reading, gaps_of
from tests.support.builders import asked
from tests.support.memory_shell import memory_shell
from tests.support.replicas import World
from tests.support.watching import Reached, routes_of

ROUTES = routes_of(intake_router) | routes_of(publisher_router)


async def intake(folder: Path, reached: Reached) -> None:
    """Everything that writers ask for, and what intake makes of the router's word."""
    async with front(folder, rules=PLANTED, watch=reached.watch) as desk:
        reached.listen(desk.client, ROUTES)
        number = await desk.taken_in()
        await desk.progress(number, writing.received(), writing.routed(), writing.replied())
        assert (await ask(desk, number, HANDLER)).status_code == 200
        for kind, body in {**ASKS, **CHANGES}.items():
            answer = await desk.post(f"/v1/letters/{number}/{kind}", body, key=f"key-{kind}")
            assert answer.is_success, (kind, answer.text)
        published = LetterPublished(
            publication="p-1", path="/publications/p-1", published_at=desk.shelf.now()
        )
        await desk.shelf.hear_events(PUBLISHED.name, number, published)
        await _drafted(desk)
        await _revealed(desk)
        await _without_key(desk)
        await _with_a_file(desk)
        await _diverted(desk)
        await _entered(desk)
        assert (await look(desk, BY_PHONE)).is_success
        await desk.progress(number, writing.closed())
        await _erased(desk)
        for sent in desk.shelf.bus.sends:
            reached.hear(sent)


async def _erased(desk: Front) -> None:
    """A writer has an ended letter erased."""
    number = await desk.taken_in()
    await desk.progress(number, writing.received(), writing.closed())
    desk.shelf.now.pass_by(days=31)
    answer = await desk.post(f"/v1/letters/{number}/erasure", {"what": ["words"]})
    assert answer.is_success, answer.text


async def _drafted(desk: Front) -> None:
    """A letter is begun, compared with others, and given up."""
    begun = {"subject": "路灯", "body": "路灯坏了"}
    headers = desk.headers("chen") | {"content-type": "application/json"}
    for method, path, content in (
        ("PUT", "/v1/drafts/d-1", json.dumps(begun)),
        ("POST", "/v1/letters/similar", json.dumps(begun)),
        ("DELETE", "/v1/drafts/d-1", None),
    ):
        answer = await desk.client.request(method, path, content=content, headers=headers)
        assert answer.is_success, answer.text


async def _revealed(desk: Front) -> None:
    """One asks who wrote a masked letter, another grants it, and the first looks."""
    number, name = await asked_to_reveal(desk)
    for answer in (await decide(desk, number, name), await view(desk, number, name)):
        assert answer.is_success, answer.text


async def _diverted(desk: Front) -> None:
    """One is answered by its writer, one seen and resolved by the duty desk."""
    asked_about = await diverted(desk, ASK)
    answer = await desk.post(f"/v1/diversions/{asked_about}/answer", {"happening_now": False})
    assert answer.is_success, answer.text
    stopped = await diverted(desk)
    for act, body in (("seen", None), ("resolve", {"outcome": "called_back"})):
        answer = await on_duty(desk, f"/{stopped}/{act}", body)
        assert answer.is_success, answer.text


async def _entered(desk: Front) -> None:
    """A clerk enters a letter, and the caller's phone is confirmed."""
    number = await entered(desk)
    assert (await at_counter(desk, f"/letters/{number}/phone-code")).is_success
    code = {"digits": await code_of(desk, number)}
    answer = await at_counter(desk, f"/letters/{number}/phone", code, key="counter-key-2")
    assert answer.is_success, answer.text


async def _with_a_file(desk: Front) -> None:
    """One file is removed; one is checked, fetched by its bureau's system, and opened."""
    sent = await desk.post("/v1/files", picture(), content_type="image/png")
    assert sent.is_success, sent.text
    path, who = f"/v1/files/{sent.json()['file']}", desk.headers("chen")
    assert (await desk.client.delete(path, headers=who)).is_success
    file = await uploaded(desk)
    number = await letter_with(desk, file)
    assert (await fetched(desk, number, file)).is_success
    assert (await opened(desk, f"/files/{number}/{file}")).is_success


async def _without_key(desk: Front) -> None:
    """One bureau has no key, and a report's writer is named to none."""
    unnamed = await desk.taken_in(category="report")
    await desk.progress(unnamed, writing.received(), writing.routed(category="report"))
    number = await desk.taken_in()
    await desk.progress(number, writing.received(), writing.routed())
    kid = (await desk.letter(number)).identity_kid or without_key("guangzhou")
    await desk.shelf.commands.execute(
        IdempotentCommand(number, SealIdentity(kid), "seal-again-1", kid)
    )
    await desk.shelf.quiet()


async def notifier(reached: Reached) -> None:
    """Clocks pass, and messages end in each way."""
    async with memory_shell(reached.watch(RULES), at=RED_AT) as stage:
        await stage.hear(SUBMITTED.name, LETTER, submitted(Contact(phone=PHONE)))
        await stage.hear(PROGRESS.name, LETTER, fact(started()), *(answered(),) * 3)
        problem = PublicationProblemReported(publication="p-1", problem="p-1:1", kind="wrong")
        await stage.hear(PUBLISHED.name, OTHER, problem)
        published = LetterPublished(publication="p-1", path="/p-1", published_at=stage.now())
        await stage.hear(PUBLISHED.name, LETTER, published)
        assert await firing(stage).fire() == 1
        state = await stage.letters.state(LETTER)
        assert state is not None
        first, second, third = state.deliveries[:3]
        last = state.deliveries[-1]
        until = stage.now() + timedelta(minutes=1)
        for number, outcome in enumerate(
            (
                HoldDelivery(first.id, until),
                PostponeDelivery(first.id, until),
                CallNextLevel(first.id, stage.now(), until),
                NoteDelivered(second.id),
                RefuseDelivery(third.id, "no_contact"),
                GiveUpDelivery(last.id, until, "503"),
            )
        ):
            await stage.commands.execute(IdempotentCommand(LETTER, outcome, f"delivery-{number}"))
        await stage.hear(DIVERTED.name, DIVERSION, AN_EMERGENCY)
        called = await stage.letters.state(DIVERSION)
        assert called is not None
        (call,) = called.deliveries
        for outcome in (
            CallNextLevel(call.id, stage.now(), until),
            HoldDelivery(call.id, until),
        ):
            await stage.commands.execute(
                IdempotentCommand(DIVERSION, outcome, type(outcome).__name__)
            )
        await settled(stage)
        reached.hear(stage.bus.sent)


async def publisher(reached: Reached) -> None:
    """A page is published, found wrong, corrected, and taken down, by editors and by its writer."""
    async with faces(reached.watch) as face:
        reached.listen(face.client, ROUTES)
        await face.stage.hear(SUBMITTED.name, LETTER, heard())
        name = await face.publish()
        problem = (await reported(face, name)).json()["problem"]
        await _done(face, CORRECTION | {"problem": problem}, 1)
        await _done(face, {"outcome": "withdrawn"}, 2)
        await _edit(face, OTHER)
        await face.publish(OTHER)
        await face.stage.hear(SUBMITTED.name, OTHER, ConsentChanged(to_publish=False))
        third = writing.OTHER
        await face.publish(third)
        erased = LetterErased(what=("words",), rule="letters.five_years")
        await face.stage.hear(SUBMITTED.name, third, erased)
        await face.stage.commands._unsent.join()
        reached.hear(face.stage.bus.sent)


async def _edit(face: Face, letter: str) -> None:
    """An editor rewords, hides, proposes and takes back, rejects and restores a draft."""
    await face.draft(letter)
    words = {"title": "信号灯", "text": "行人来不及过马路。", "reply": "已延长。"}
    mark = {"text": "行人", "decision": "hidden", "what": "detail", "reason": "not_needed"}
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("wording", words),
        ("marks", mark),
        ("proposal", {}),
        ("return", {"text": "再看"}),
        ("rejection", {"reason": "duplicate"}),
        ("restoration", {}),
    )
    edition = 0
    for step, body in steps:
        path, read = f"/v1/drafts/{letter}/{step}", {"copy": 1, "edition": edition}
        answer = await face.post(path, "mei", body=read | body)
        assert answer.is_success, answer.text
        edition = answer.json()["edition"]


async def _done(face: Face, change: dict[str, Any], number: int) -> None:
    proposed = await face.post(CHANGE, "mei", body=change)
    assert proposed.is_success, proposed.text
    approved = await face.post(APPROVAL, "zhou", body={"number": number})
    assert approved.is_success, approved.text


async def shell(reached: Reached) -> None:
    """A service that misses something asks for it."""
    world = World()
    await world.replica().hear(asked(2))
    world.clock.pass_by(seconds=61)
    await gaps_of(world, Reading()).ask()
    for sent in world.bus.sends:
        reached.hear(sent)
