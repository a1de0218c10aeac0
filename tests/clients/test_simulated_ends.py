"""Whatever simulated bureaus draw for a letter, it comes to an end without refusals."""

import pytest

from clients.bureau.simulate.answers import OUTCOMES
from clients.bureau.simulate.mix import Mix
from shared.contracts.vocabulary import Category
from tests.clients.bureaus import Bureaus, bureaus, state
from tests.router.desking import CHIEF, PROVINCE, begin
from tests.router.office import Office
from tests.router.story import LETTER


@pytest.mark.parametrize("category", sorted(OUTCOMES))
@pytest.mark.parametrize("seed", [str(number) for number in range(12)])
async def test_whatever_is_drawn_a_letter_comes_to_its_end(
    desk: Office, category: Category, seed: str
) -> None:
    busy = Mix(0.2, 0.2, 0.8, 0.5, 0.4, 0.4, 0.5, settles=True)
    town = bureaus(desk, busy, seed=seed)
    await begin(desk, category=category)
    for _ in range(12):
        await town.work()
        if (await state(desk)) in {"replied", "declined"}:
            break
        await somebody_else(town)
    await town.work()
    letter = await desk.letter()
    assert letter.state in {"replied", "declined"}
    assert all(one.kept for one in letter.commitments)
    assert town.refusals() == []


async def somebody_else(town: Bureaus) -> None:
    """Run the next step of the people or bureaus."""
    letter = await town.desk.letter()
    chief = {"guangzhou": CHIEF, "foshan": "example-foshan-chief"}.get(letter.holder, PROVINCE)
    match letter.state:
        case "triage":
            await town.does("route", "lin", bureau="foshan")
        case "supplement":
            await town.answers(len(letter.questions))
        case "signing":
            await town.does("sign", chief)
        case "handling" if letter.wanted is not None:
            await town.does("decide_extension", chief)
        case _:
            raise AssertionError(f"{LETTER} is stuck in {letter.state} after {town.steps}")
