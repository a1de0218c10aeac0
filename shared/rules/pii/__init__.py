"""Personal data in texts: their spans, and the marks that replace them."""

from shared.rules.pii.doubtful import DoubtfulSpan as DoubtfulSpan
from shared.rules.pii.doubtful import DoubtRule as DoubtRule
from shared.rules.pii.doubtful import doubtful_spans as doubtful_spans
from shared.rules.pii.numbers import HIDDEN_IN as HIDDEN_IN
from shared.rules.pii.numbers import KINDS as KINDS
from shared.rules.pii.numbers import exposed_parts as exposed_parts
from shared.rules.pii.numbers import numbers_of_anyone as numbers_of_anyone
from shared.rules.pii.own import own_spans as own_spans
from shared.rules.pii.spans import MARKS as MARKS
from shared.rules.pii.spans import OwnSpan as OwnSpan
from shared.rules.pii.spans import apart as apart
from shared.rules.pii.spans import mask as mask
from shared.rules.pii.stated import StatedValues as StatedValues
from shared.rules.pii.stated import stated_spans as stated_spans
from shared.rules.pii.stated import stated_values as stated_values
