"""Which actions can be asked for from a terminal? All of them, in the order in which they occur."""

from clients.bureau._cli.verbs import answering, holding
from clients.bureau._cli.verbs.verb import Verb as Verb

_ORDER = (
    "accept",
    "return",
    "decline",
    "pass-on",
    "unit-accept",
    "note",
    "ask",
    "request-extension",
    "reply",
    "answer-instruction",
    "fulfil",
    "link",
    "propose-publication",
    "resend",
)
_ALL = {**holding.VERBS, **answering.VERBS}
VERBS: dict[str, Verb] = {name: _ALL[name] for name in _ORDER}
