"""Personal data in texts: their spans, and the marks that replace them."""

from shared.rules.pii.numbers import HIDDEN_IN, KINDS, exposed_parts, numbers_of_anyone
from shared.rules.pii.own import own_spans
from shared.rules.pii.spans import MARKS, OwnSpan, apart, mask

__all__ = [
    "HIDDEN_IN",
    "KINDS",
    "MARKS",
    "OwnSpan",
    "apart",
    "exposed_parts",
    "mask",
    "numbers_of_anyone",
    "own_spans",
]
