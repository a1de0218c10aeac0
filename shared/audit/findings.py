"""The audit's findings: their codes, and the invariant that each breaks.

A finding names a letter, a code and a place such as `router letters.progress 3`; never words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from shared.contracts.bilingual import Bilingual, bilingual

Invariant: TypeAlias = Literal[
    "lost", "answer", "escalation", "once", "secrecy", "bureaus", "duty", "dates"
]

PROMISES: Mapping[Invariant, Bilingual] = bilingual(
    {
        "lost": ("信件不丢", "no letter is lost"),
        "answer": ("封封有答复", "every letter ends in an answer"),
        "escalation": ("逾期必上报", "every passed deadline escalates"),
        "once": ("只办一次", "every effect happens once"),
        "secrecy": ("不泄露", "nobody else reads words or identity"),
        "bureaus": ("只见本单位信件", "a bureau sees only its letters"),
        "duty": ("警情有人看", "every diverted emergency is seen"),
        "dates": ("时间不颠倒", "nothing predates what it rests on"),
    }
)
"""The invariants in order, with their Chinese and English names."""


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding."""

    breaks: Invariant
    means: str
    lasts: bool = False
    """Whether it stays true whatever happens later, so that it counts even if the letter changes.
    """
    unheard: bool = False
    """Whether it only shows that the named service still has something to read."""


class AuditFinding(NamedTuple):
    """One finding in one letter."""

    code: str
    at: str = ""
    """Service, topic and number of its place; nothing that anyone wrote."""


CODES: Mapping[str, Code] = MappingProxyType(
    {
        # lost
        "no_letter": Code("lost", "other services know the letter but intake doesn't"),
        "not_submitted": Code("lost", "intake has it but never sent letter.submitted", lasts=True),
        "hole": Code("lost", "an assigned number is missing in the log", lasts=True),
        "beyond_sent": Code("lost", "the log holds more than was counted", lasts=True),
        "unreadable": Code("lost", "a log entry can't be read with the contracts", lasts=True),
        "altered": Code("lost", "a log entry differs from its record", lasts=True),
        "misshapen": Code("lost", "a document or log entry is malformed", lasts=True),
        "absent": Code("lost", "a service that must know the letter doesn't", unheard=True),
        "not_heard": Code("lost", "a service hasn't applied all events", unheard=True),
        "heard_more": Code("lost", "a service applied more than its writer sent"),
        "gap": Code("lost", "a service waits for a missing event", unheard=True),
        "waiting": Code("lost", "a parked record waits for an operator"),
        "leaf_differs": Code(
            "lost", "the publisher counts another letter than intake has", lasts=True
        ),
        "day_miscounted": Code(
            "lost", "a day's signed count isn't that of intake's letters", lasts=True
        ),
        "chain_broken": Code("lost", "the chain of daily counts is broken", lasts=True),
        "not_released": Code("lost", "it should be a letter by now, but intake has none"),
        # answer
        "not_received": Code("answer", "the router never sent letter.received", lasts=True),
        "no_holder": Code("answer", "neither a bureau nor the triage desk holds it"),
        "no_clock": Code("answer", "it has not ended and no clock runs that could end it"),
        "clock_after_end": Code("answer", "a clock still runs on an ended letter", lasts=True),
        "no_answer": Code("answer", "it ended without reply, refusal or withdrawal", lasts=True),
        "unexplained": Code("answer", "its state changed by no event that does so", lasts=True),
        "state_differs": Code(
            "answer", "a service shows another state than the events", lasts=True
        ),
        "clocks_differ": Code("answer", "the notifier watches other clocks than run", lasts=True),
        "not_told": Code("answer", "the writer was never notified of a reply", lasts=True),
        "unsigned": Code("answer", "an answer lacks a required signature", lasts=True),
        "same_person": Code("answer", "one person did what needs two", lasts=True),
        # escalation
        "not_escalated": Code("escalation", "a level passed but was not recorded"),
        "not_watched": Code("escalation", "a future level is missing in the index", lasts=True),
        "escalated_twice": Code("escalation", "one level was recorded twice", lasts=True),
        "fired_twice": Code("escalation", "one level was proposed twice", lasts=True),
        "out_of_order": Code("escalation", "levels were recorded in another order", lasts=True),
        "too_early": Code("escalation", "a level was recorded before it was reached", lasts=True),
        "unfounded": Code("escalation", "a level of no running clock was recorded", lasts=True),
        # once
        "two_contents": Code("once", "one event id has two contents", lasts=True),
        "kept_twice": Code("once", "one event stands twice in a log", lasts=True),
        "cause_twice": Code("once", "one cause was applied in two versions", lasts=True),
        "said_twice": Code("once", "an event that must be unique was sent again", lasts=True),
        "reply_numbers": Code("once", "replies are not numbered 1, 2, 3 …", lasts=True),
        "published_twice": Code("once", "published more often than copied", lasts=True),
        "release_missing": Code("once", "publication and public release don't match", lasts=True),
        "delivered_twice": Code("once", "two messages for one event", lasts=True),
        "delivery_unfounded": Code("once", "a message for no event", lasts=True),
        "unsent": Code("once", "stored, but perhaps not on its topic yet"),
        # secrecy
        "clear_words": Code("secrecy", "words are not sealed in a log entry", lasts=True),
        "clear_in_document": Code("secrecy", "a document holds what looks like words", lasts=True),
        "number_in_clear": Code("secrecy", "an ID or mobile number stands in clear", lasts=True),
        "number_published": Code("secrecy", "an ID number stands on a public page", lasts=True),
        "wrong_reader": Code("secrecy", "words are sealed for somebody else", lasts=True),
        "wrong_envelope": Code("secrecy", "an envelope belongs to another event", lasts=True),
        "not_erased": Code("secrecy", "a log entry still holds what was erased"),
        "erased_early": Code("secrecy", "erased before its time, or by no rule", lasts=True),
        "erasure_missing": Code("secrecy", "a service doesn't know of an erasure"),
        "erasure_overdue": Code("secrecy", "a part is there a week after its time"),
        "identity_of_masked": Code("secrecy", "a bureau got a masked writer's name", lasts=True),
        "identity_astray": Code(
            "secrecy", "an identity was sent for no current holding", lasts=True
        ),
        # bureaus
        "not_its_letter": Code("bureaus", "sent to a bureau that didn't hold it", lasts=True),
        "acted_unheld": Code("bureaus", "done by a bureau that didn't hold it", lasts=True),
        "excluded": Code("bureaus", "sent to a bureau that must not see it", lasts=True),
        "shows_inside": Code("bureaus", "a bureau's topic shows staff or traces", lasts=True),
        # duty
        "not_seen": Code("duty", "nobody has seen it in time"),
        "not_paged": Code("duty", "not seen in time, and nobody else was paged"),
        "off_the_desk": Code("duty", "the desk must act, but it is on no list", lasts=True),
        # dates
        "before_cause": Code("dates", "decided before its cause", lasts=True),
        "before_basis": Code("dates", "effective before what it is based on", lasts=True),
        "in_future": Code("dates", "dated in the future", lasts=True),
    }
)
"""Every code, with the invariant that it breaks."""
