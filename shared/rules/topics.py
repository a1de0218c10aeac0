"""Which line of police work is a letter for? By the words of `topic_cues.yaml`. Pure."""

from collections.abc import Mapping
from typing import Final, cast

from shared.contracts.vocabulary import PoliceType, TriageClass
from shared.rules.answers import Reading, two_best
from shared.rules.weighing import Cues

CUES: Final = Cues("topic_cues")
ENOUGH: Final = 2.0
"""Less is nothing: two weak words, or one in the subject."""
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
    scores = _scores(text, subject_ends)
    if triage == "crime_report":
        scores = {kind: weight for kind, weight in scores.items() if kind in INVESTIGATE}
        scores["criminal"] = scores.get("criminal", 0.0) + FOR_CRIMES
    return _best(scores)


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


def _best(scores: Mapping[str, float]) -> Reading[PoliceType]:
    if not scores:
        return Reading()
    best, weight, second = two_best(scores)
    if weight < ENOUGH:
        return Reading()
    kind = cast("PoliceType", best)  # a test keeps the table's keys and the vocabulary alike
    return Reading(kind, round(weight / (weight + second), 3), (f"topic.{kind}",))
