"""Personal data in texts: their spans, and the marks that replace them."""

from shared.rules.pii.doubtful import DoubtfulSpan, DoubtRule, doubtful_spans
from shared.rules.pii.numbers import HIDDEN_IN, KINDS, exposed_parts, numbers_of_anyone
from shared.rules.pii.own import own_spans
from shared.rules.pii.spans import ANY_MARK, MARKS, OwnSpan, apart, mask
from shared.rules.pii.stated import StatedValues, stated_spans, stated_values

__all__ = [
    "ANY_MARK",
    "HIDDEN_IN",
    "KINDS",
    "MARKS",
    "DoubtRule",
    "DoubtfulSpan",
    "OwnSpan",
    "StatedValues",
    "apart",
    "doubtful_spans",
    "exposed_parts",
    "mask",
    "numbers_of_anyone",
    "own_spans",
    "stated_spans",
    "stated_values",
]
