"""The emergency in the story: stopped, read at the duty desk, passed to 110."""

from tests.intake.emergencies import STOP
from tests.secrecy.hearing import Ears
from tests.secrecy.seeds import EMERGENCY, STAFF

DUTY = ("duty", STAFF["duty"])
WRITER = (EMERGENCY.of, EMERGENCY.writer)


async def happens(ears: Ears) -> None:
    """The duty desk reads it in every way and acts; its writer checks its state."""
    letter = EMERGENCY.letter()
    told = await ears.ask(
        *("POST", "intake", "/v1/letters"),
        who=WRITER,
        key=EMERGENCY.key,
        json=letter | {"body": letter["body"] + STOP},
    )
    assert told.status_code == 422, told.text
    number = told.json()["diversion"]
    path = f"/v1/duty/diversions/{number}"
    for address in ("/v1/duty/diversions", path):
        await ears.granted("GET", "intake", address, who=DUTY)
    page = await ears.browse("intake", f"/duty/{number}", who=DUTY[0], person="duty-luo")
    assert EMERGENCY.words["body"] in page.text
    done = {"outcome": "handed_to_110", "reference": "JQ-2026-31"}
    await ears.granted(
        "POST", "intake", f"{path}/resolve", who=DUTY, key="duty-hands-over", json=done
    )
    await ears.granted("GET", "intake", f"/v1/diversions/{number}", who=WRITER)
