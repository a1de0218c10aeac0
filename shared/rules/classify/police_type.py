"""The police type (line of work) of a letter.

Words of `topic_cues.yaml` are weighted, in addition to the n-grams of the whole wording
(`wording.py`).
"""

from collections.abc import Mapping
from math import exp
from types import MappingProxyType
from typing import Final, cast, get_args

from shared.contracts.vocabulary import PoliceType, TriageClass
from shared.kernel import plain
from shared.rules.classify.findings import RuleAnswer, two_best
from shared.rules.classify.weights import Cues
from shared.rules.classify.wording import Wording
from shared.rules.tables import table
from shared.rules.text.normalise import normal

TYPES: Final = cast("tuple[PoliceType, ...]", get_args(PoliceType))
CUES: Final = Cues("topic_cues")
CUED: Final = 10.0
"""Factor of a cue's weight, in the points of the wording: tenths."""
TENTHS: Final = 10
NO_LINE: Final = ("thanks", "nothing")
"""Classes of cues other than lines of work: thanks, or nothing at all."""
POLICE: Final = tuple(map(normal, plain.texts(table("police_words").get("words"), "police_words")))
"""A letter that mentions the police contains one of these words."""
ENOUGH: Final = 2.0
"""Minimum weight of cues in a text with fewer than `FEW` n-grams: two weak cues, or one in the
subject."""
FEW: Final = 25
"""Number of n-grams from which the wording alone is significant."""
FOR_CRIMES: Final = 2.0
"""Bonus for criminal investigation in every report of a crime."""
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
"""Lines of work that handle crimes, and the factor of their words there: much is stolen from cars
and in the street, which is not a matter for traffic police."""
EVERY: Final[Mapping[PoliceType, float]] = MappingProxyType(dict.fromkeys(TYPES, 1.0))
AT_LEAST: Final = 2.0
"""Bonus for police conduct as soon as one word indicates it and the police are named: such letters
tell at length what the writer needed from the police."""
UNNAMED: Final = 0.5
"""Factor for conduct if no police are named: it may be anybody's."""
THANKFUL: Final = 2.0
"""From this weight a letter is one of thanks, not a complaint, unless it says much about conduct.
"""
PRAISED: Final = 0.2
"""Factor for conduct in letters of thanks."""


def topic(
    text: str, wording: Wording, *, subject_ends: int, triage: TriageClass
) -> RuleAnswer[PoliceType]:
    """The line of work of a normal text whose subject is its first `subject_ends` code points.

    Emergencies are always for the command; other authorities' matters have no line here.
    """
    if triage == "emergency":
        return RuleAnswer("command", 1.0, ("topic.command",))
    if triage == "not_police":
        return RuleAnswer()
    cued = _scores(text, subject_ends)
    shares = IN_CRIMES if triage == "crime_report" else EVERY
    if triage == "crime_report":
        cued["criminal"] = cued.get("criminal", 0.0) + FOR_CRIMES
    if wording.pieces < FEW and max(cued.values(), default=0.0) < ENOUGH:
        return RuleAnswer()
    wording_points = wording.lines
    return _best(
        {
            line: CUED * share * cued.get(line, 0.0) + wording_points[line]
            for line, share in shares.items()
        }
    )


def weight_of_conduct(text: str, *, subject_ends: int) -> float:
    """The weight of statements on police conduct in a normal text."""
    return _scores(text, subject_ends).get("inspection", 0.0)


def _scores(text: str, subject_ends: int) -> dict[str, float]:
    """The weight of each line of work, adjusted for thanks and for unnamed police."""
    scores = CUES.scores(text, subject_ends=subject_ends)
    thanks, _ = (scores.pop(kind, 0.0) for kind in NO_LINE)
    if "inspection" in scores:
        conduct, is_named = scores["inspection"], any(word in text for word in POLICE)
        conduct = conduct + AT_LEAST if is_named else conduct * UNNAMED
        scores["inspection"] = (
            conduct * PRAISED if thanks >= max(THANKFUL, conduct / 5) else conduct
        )
    return scores


def _best(points: Mapping[PoliceType, float]) -> RuleAnswer[PoliceType]:
    best, weight, second = two_best(points)
    sure = 1 / (1 + exp((second - weight) / TENTHS))
    return RuleAnswer(best, round(sure, 3), (f"topic.{best}",))
