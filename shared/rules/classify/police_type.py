"""Which line of police work is a letter for? Pure.

Words of `topic_cues.yaml` are weighed, and all the wording speaks beside them (`wording.py`).
"""

from collections.abc import Mapping
from math import exp
from types import MappingProxyType
from typing import Final, cast, get_args

from shared.contracts.vocabulary import PoliceType, TriageClass
from shared.kernel import plain
from shared.rules.classify.findings import Reading, two_best
from shared.rules.classify.weights import Cues
from shared.rules.classify.wording import Wording
from shared.rules.tables import table
from shared.rules.text.normalise import normal

TYPES: Final = cast("tuple[PoliceType, ...]", get_args(PoliceType))
CUES: Final = Cues("topic_cues")
CUED: Final = 10.0
"""What a cue's weight adds, in the points of the wording: tenths."""
TENTHS: Final = 10
NO_LINE: Final = ("thanks", "nothing")
"""What else cues speak for: thanks, or nothing at all."""
POLICE: Final = tuple(map(normal, plain.texts(table("police_words").get("words"), "police_words")))
"""Who names somebody of the police names one of these."""
ENOUGH: Final = 2.0
"""Fewer words than `FEW` with less weight say nothing: two weak cues, or one in the subject."""
FEW: Final = 25
"""Pieces of a text; with so many its wording says something by itself."""
FOR_CRIMES: Final = 2.0
"""What speaks for criminal investigation in every report of a crime."""
IN_CRIMES: Final[Mapping[PoliceType, float]] = MappingProxyType(
    {
        "criminal": 1.0,
        "economic": 1.0,
        "antifraud": 1.0,
        "cyber": 1.0,
        "public_security": 1.0,
        "drugs": 1.0,
        "food_drug_env": 1.0,
        "traffic": 0.5,
    }
)
"""Lines to which a crime is reported, and what their words count there: much is stolen from cars
and in the street, and is no matter of traffic.
"""
EVERY: Final[Mapping[PoliceType, float]] = MappingProxyType(dict.fromkeys(TYPES, 1.0))
AT_LEAST: Final = 2.0
"""What speaks for police conduct as soon as one word of it does, and the police are named: such
letters tell at length what they were at the police for.
"""
UNNAMED: Final = 0.5
"""What is said of conduct counts, where nobody of the police is named: it may be anybody's."""
THANKFUL: Final = 2.0
"""From here on a letter thanks, and complains of nobody: unless it says much of conduct."""
PRAISED: Final = 0.2
"""What is said of conduct counts in thanks."""


def topic(
    text: str, wording: Wording, *, subject_ends: int, triage: TriageClass
) -> Reading[PoliceType]:
    """The line of work of a normal text whose subject is its first `subject_ends` code points.

    Danger is always the command's; what is another authority's is nobody's here.
    """
    if triage == "emergency":
        return Reading("command", 1.0, ("topic.command",))
    if triage == "not_police":
        return Reading()
    cued = _scores(text, subject_ends)
    shares = IN_CRIMES if triage == "crime_report" else EVERY
    if triage == "crime_report":
        cued["criminal"] = cued.get("criminal", 0.0) + FOR_CRIMES
    if wording.pieces < FEW and max(cued.values(), default=0.0) < ENOUGH:
        return Reading()
    said = wording.lines
    return _best(
        {line: CUED * share * cued.get(line, 0.0) + said[line] for line, share in shares.items()}
    )


def weight_of_conduct(text: str, *, subject_ends: int) -> float:
    """How much a normal text says of how police behave, whatever it is for."""
    return _scores(text, subject_ends).get("inspection", 0.0)


def _scores(text: str, subject_ends: int) -> dict[str, float]:
    """What each line weighs, once the words that tell of no line have had their say."""
    scores = CUES.scores(text, subject_ends=subject_ends)
    thanks, _ = (scores.pop(kind, 0.0) for kind in NO_LINE)
    if "inspection" in scores:
        said, is_named = scores["inspection"], any(word in text for word in POLICE)
        said = said + AT_LEAST if is_named else said * UNNAMED
        scores["inspection"] = said * PRAISED if thanks >= max(THANKFUL, said / 5) else said
    return scores


def _best(points: Mapping[PoliceType, float]) -> Reading[PoliceType]:
    best, weight, second = two_best(points)
    sure = 1 / (1 + exp((second - weight) / TENTHS))
    return Reading(best, round(sure, 3), (f"topic.{best}",))
