"""Which line of police work is a letter for? By the words of `topic_cues.yaml`. Pure."""

from collections.abc import Mapping
from math import exp
from typing import Final, cast, get_args

from shared.contracts.vocabulary import PoliceType, TriageClass
from shared.rules.answers import Reading, two_best
from shared.rules.pieces import Pieces, pieces_of
from shared.rules.weighing import Cues

TYPES: Final = cast("tuple[PoliceType, ...]", get_args(PoliceType))
CUES: Final = Cues("topic_cues")
PIECES: Final = Pieces("police_type")
CUED: Final = 10.0
"""What a cue's weight adds, in the points of the wording: tenths."""
ENOUGH: Final = -10.0
"""Fewer points are nothing: no cue, and a wording of which two in three are something else."""
TENTHS: Final = 10
UNNAMED: Final = 0.5
"""What is said of conduct counts, where nobody of the police is named: it may be anybody's."""
THANKFUL: Final = 2.0
"""From here on a letter thanks, and complains of nobody."""
PRAISED: Final = 0.2
"""What is said of conduct counts in thanks."""
FOR_CRIMES: Final = 2.0
"""What speaks for criminal investigation in every report of a crime."""
INVESTIGATE: Final[frozenset[str]] = frozenset(
    {"criminal", "economic", "antifraud", "cyber", "public_security", "traffic", "drugs"}
    | {"food_drug_env"}
)
"""Lines to which a crime is reported."""


def topic(text: str, *, subject_ends: int, triage: TriageClass) -> Reading[PoliceType]:
    """The line of work of a normal text whose subject is its first `subject_ends` code points.

    Danger is always the command's; what is another authority's is nobody's here.
    """
    if triage == "emergency":
        return Reading("command", 1.0, ("topic.command",))
    if triage == "not_police":
        return Reading()
    scores, wording = _scores(text, subject_ends), PIECES.says(pieces_of(text))
    lines = TYPES
    if triage == "crime_report":
        lines = tuple(line for line in TYPES if line in INVESTIGATE)
        scores["criminal"] = scores.get("criminal", 0.0) + FOR_CRIMES
    return _best({line: CUED * scores.get(line, 0.0) + wording[line] for line in lines})


def weight_of_conduct(text: str, *, subject_ends: int) -> float:
    """How much a normal text says of how police behave, whatever it is for."""
    return _scores(text, subject_ends).get("inspection", 0.0)


def _scores(text: str, subject_ends: int) -> dict[str, float]:
    """What each line weighs, once what tells of none has been heard."""
    scores = CUES.scores(text, subject_ends=subject_ends)
    scores.pop("nothing", None)
    police, thanks = scores.pop("police", 0.0), scores.pop("thanks", 0.0)
    conduct = scores.pop("inspection", 0.0)
    if not police:
        conduct *= UNNAMED
    if thanks >= THANKFUL:
        conduct *= PRAISED
        scores["public_security"] = scores.get("public_security", 0.0) + 2
    if conduct:
        scores["inspection"] = conduct
    return scores


def _best(points: Mapping[PoliceType, float]) -> Reading[PoliceType]:
    best, weight, second = two_best(points)
    if weight < ENOUGH:
        return Reading()
    sure = 1 / (1 + exp((second - weight) / TENTHS))
    return Reading(best, round(sure, 3), (f"topic.{best}",))
