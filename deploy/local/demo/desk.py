"""Submission of the demo's letters, and what writers and duty desk do about diverted ones.

A writer who is referred to a more suitable office, or to an open letter of the same matter, sends
the letter anyway. A writer who is asked whether it is happening now answers what the data says. A
diverted letter is handed to 110, or accepted as a letter if it was no emergency.
"""

from deploy.local.demo.http_client import Faces, SaidNo
from deploy.local.demo.letters import DemoLetter, Json

EXPLAINED = frozenset(("crime_report", "not_police", "same_matter"))
DIVERTED = frozenset(("emergency", "happening_now"))
OFFICER = "duty-luo"


async def handed_in(faces: Faces, letter: DemoLetter, *, run: str) -> tuple[str | None, str | None]:
    """Submit a letter; return its number and that of its diversion, each None if there is none.

    Raises: SaidNo if it isn't accepted; DemoFailed.
    """
    try:
        return await _sent(faces, letter, run), None
    except SaidNo as no:
        if no.code in EXPLAINED:
            return await _sent(faces, letter, run, send_anyway=no.code), None
        if no.code not in DIVERTED:
            raise
        diversion = str(no.problem["diversion"])
        is_asked = no.code == "happening_now"
        released = await _says_no(faces, letter, run, diversion) if is_asked else None
        done = released or await _resolve(faces, letter, run, diversion)
        return done["letter"], diversion


async def _sent(faces: Faces, letter: DemoLetter, run: str, **more: str) -> str:
    taken = await faces.post(
        "intake",
        "/v1/letters",
        person=letter.writer,
        key=letter.key(run),
        content=letter.content | more,
    )
    return str(taken["letter"])


async def _says_no(faces: Faces, letter: DemoLetter, run: str, diversion: str) -> Json | None:
    """Answer whether it is happening now; return the result if it is not."""
    said: Json = await faces.post(
        "intake",
        f"/v1/diversions/{diversion}/answer",
        person=letter.writer,
        key=letter.key(run, "happening"),
        content={"happening_now": letter.is_emergency},
    )
    await faces.post(
        "intake",
        f"/v1/duty/diversions/{diversion}/seen",
        person=OFFICER,
        key=letter.key(run, "seen"),
    )
    return None if letter.is_emergency else said


async def _resolve(faces: Faces, letter: DemoLetter, run: str, diversion: str) -> Json:
    """Resolve the diversion as the duty desk: hand it to 110, or release it as a false alarm."""
    handed_over = {"outcome": "handed_to_110", "reference": f"JQ-{letter.id}"}
    done: Json = await faces.post(
        "intake",
        f"/v1/duty/diversions/{diversion}/resolve",
        person=OFFICER,
        key=letter.key(run, "resolve"),
        content=handed_over if letter.is_emergency else {"outcome": "false_alarm"},
    )
    return done
