"""What becomes of the demo's letters that aren't simply taken in? Their writers and the desk act.

Who is told where to turn sends the letter all the same. Who is asked whether it happens now says
what the data says. What was stopped is handed to 110, or is a letter where it was no emergency.
"""

from deploy.local.demo.http_client import Faces, SaidNo
from deploy.local.demo.letters import DemoLetter, Json

EXPLAINED = frozenset(("crime_report", "not_police"))
DIVERTED = frozenset(("emergency", "happening_now"))
OFFICER = "duty-luo"


async def handed_in(faces: Faces, letter: DemoLetter, *, run: str) -> tuple[str | None, str | None]:
    """The letter's number and that of its diversion, each if it has one.

    Raises: SaidNo, when it isn't taken in; DemoFailed.
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
    """The writer says whether it is happening now; what became of it, if not."""
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
    """The duty desk does what there is to do."""
    handed_over = {"outcome": "handed_to_110", "reference": f"JQ-{letter.id}"}
    done: Json = await faces.post(
        "intake",
        f"/v1/duty/diversions/{diversion}/resolve",
        person=OFFICER,
        key=letter.key(run, "resolve"),
        content=handed_over if letter.is_emergency else {"outcome": "false_alarm"},
    )
    return done
