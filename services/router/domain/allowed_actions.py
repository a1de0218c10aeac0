"""Which actions are allowed now for somebody, decided by the rules that will decide the action.

Each action has probes: commands with content that no rule refuses. It is allowed if one of them
would have an effect. So a page never offers what its rule refuses, and no condition stands twice.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

from services.router.domain.actors import Command
from services.router.domain.commitments import FulfilCommitment
from services.router.domain.decide import decide
from services.router.domain.due_dates import Rulebook
from services.router.domain.extensions import DecideExtension, RequestMoreTime
from services.router.domain.handling import (
    AcceptInUnit,
    AcceptLetter,
    AddNote,
    LinkLetter,
    PassOnLetter,
)
from services.router.domain.letter import Letter
from services.router.domain.questions import AskWriter
from services.router.domain.reclassification import MarkDisclosure, MarkPetition, ReclassifyLetter
from services.router.domain.replies import DeclineLetter, ProposePublication, ReplyToLetter
from services.router.domain.routing import ConsentReturn, RecallLetter, ReturnLetter, RouteLetter
from services.router.domain.signing import SendBack, SignAnswer
from services.router.domain.supervision import (
    AnswerInstruction,
    Instruct,
    ReadLetter,
    SuperviseLetter,
)
from shared.contracts.slugs import BUREAUS, Holder
from shared.contracts.values import By
from shared.contracts.vocabulary import Category, PoliceType, Role
from shared.contracts.words import Note, Reason, ReplyText
from shared.kernel.errors import Refused

ActionName: TypeAlias = Literal[
    "accept",
    "return",
    "decline",
    "pass_on",
    "unit_accept",
    "note",
    "ask",
    "request_extension",
    "reply",
    "answer_instruction",
    "fulfil",
    "link",
    "propose_publication",
    "route",
    "reclassify",
    "mark_petition",
    "mark_disclosure",
    "consent_return",
    "recall",
    "supervise",
    "decide_extension",
    "sign",
    "send_back",
    "read",
    "instruct",
]
"""The actions by the last part of their route; `decline` is also `decline_at_triage`."""

_NOTE: Final = Note(text="…")
_REASON: Final = Reason(text="…")
_REPLY: Final = ReplyText(text="…")
_ALL_KEPT: Final = frozenset({"police_type", "about", "excluded"})


@dataclass(frozen=True)
class ActionAttempt:
    """Somebody who may act, and when."""

    letter: Letter
    by: By
    at: datetime

    @property
    def holding(self) -> tuple[Holder, int, By, datetime]:
        """The first fields of a holder's command."""
        return self.letter.holder, self.letter.assignment, self.by, self.at

    @property
    def is_holder(self) -> bool:
        """Whether this person acts for the letter's holder."""
        if self.letter.holder == "triage":
            return self.by.role == "triage"
        return self.by.bureau == self.letter.holder


Probe: TypeAlias = Callable[[ActionAttempt], Iterator[Command]]


def allowed_actions(
    letter: Letter, *, by: Collection[By], at: datetime, rulebook: Rulebook
) -> frozenset[ActionName]:
    """Return the actions that have an effect now; `by`: the roles in which the person may act.

    What the person's bureau or unit may see isn't checked here.
    """
    attempts = [ActionAttempt(letter, one, at) for one in by]
    return frozenset(
        name
        for name, (roles, probe) in PROBES.items()
        if any(
            _has_effect(command, letter, rulebook)
            for attempt in attempts
            if attempt.by.role in roles
            for command in probe(attempt)
        )
    )


def _has_effect(command: Command, letter: Letter, rulebook: Rulebook) -> bool:
    try:
        return bool(decide(command, letter, rulebook=rulebook))
    except Refused:
        return False


def _as_holder(make: Probe) -> Probe:
    """The probe, for somebody who acts for the holder."""
    return lambda attempt: make(attempt) if attempt.is_holder else iter(())


def _pass_on(attempt: ActionAttempt) -> Iterator[Command]:
    for police_type in get_args(PoliceType):
        yield PassOnLetter(*attempt.holding, unit=police_type, police_type=police_type)


def _unit_accept(attempt: ActionAttempt) -> Iterator[Command]:
    yield AcceptInUnit(*attempt.holding, unit=attempt.letter.unit_code or "")


def _request_extension(attempt: ActionAttempt) -> Iterator[Command]:
    for clock in attempt.letter.clocks:
        yield RequestMoreTime(*attempt.holding, clock.clock, 1, "not_said", None)


def _answer_instruction(attempt: ActionAttempt) -> Iterator[Command]:
    for instruction in attempt.letter.instructions:
        if not instruction.is_answered:
            yield AnswerInstruction(*attempt.holding, instruction.number, _NOTE)


def _fulfil(attempt: ActionAttempt) -> Iterator[Command]:
    for promise in attempt.letter.commitments:
        if promise.kept is None:
            yield FulfilCommitment(*attempt.holding, promise.number, _NOTE)


def _link(attempt: ActionAttempt) -> Iterator[Command]:
    taken = {other for _, other in attempt.letter.links}
    free = next(name for name in map(str, range(len(taken) + 1)) if name not in taken)
    yield LinkLetter(*attempt.holding, "campaign", free, "")


def _route(attempt: ActionAttempt) -> Iterator[Command]:
    for bureau in BUREAUS:
        yield RouteLetter(attempt.by, attempt.at, bureau)


def _reclassify(attempt: ActionAttempt) -> Iterator[Command]:
    for category in get_args(Category):
        if category != attempt.letter.category:
            yield ReclassifyLetter(attempt.by, attempt.at, category, None, None, keeps=_ALL_KEPT)


def _signing(make: Callable[[By, datetime], Command]) -> Probe:
    """The rules decide in which role somebody signs; the route names the chief's."""

    def probe(attempt: ActionAttempt) -> Iterator[Command]:
        signer = By(role="chief", bureau=attempt.letter.bureau, staff=attempt.by.staff)
        yield make(signer, attempt.at)

    return probe


def _one(make: Callable[[ActionAttempt], Command]) -> Probe:
    """A probe of one command."""
    return lambda attempt: iter((make(attempt),))


_HANDLER: Final[tuple[Role, ...]] = ("handler",)
_HOLDER: Final[tuple[Role, ...]] = ("handler", "triage")
_DESK: Final[tuple[Role, ...]] = ("triage", "supervisor")
_SUPERVISOR: Final[tuple[Role, ...]] = ("supervisor",)
_CHIEFS: Final[tuple[Role, ...]] = ("chief", "director")
_SIGNERS: Final[tuple[Role, ...]] = ("handler", "chief", "supervisor", "director", "triage")

PROBES: Final[Mapping[ActionName, tuple[tuple[Role, ...], Probe]]] = {
    "accept": (_HANDLER, _as_holder(_one(lambda it: AcceptLetter(*it.holding)))),
    "return": (
        _HANDLER,
        _as_holder(_one(lambda it: ReturnLetter(*it.holding, "not_said", None, None))),
    ),
    "decline": (
        _HOLDER,
        _as_holder(_one(lambda it: DeclineLetter(*it.holding, "no_content", None, _REPLY))),
    ),
    "pass_on": (_HANDLER, _as_holder(_pass_on)),
    "unit_accept": (_HANDLER, _as_holder(_unit_accept)),
    "note": (_HANDLER, _as_holder(_one(lambda it: AddNote(*it.holding, _NOTE)))),
    "ask": (_HANDLER, _as_holder(_one(lambda it: AskWriter(*it.holding, _NOTE)))),
    "request_extension": (_HANDLER, _as_holder(_request_extension)),
    "reply": (
        _HANDLER,
        _as_holder(_one(lambda it: ReplyToLetter(*it.holding, "explained", _REPLY))),
    ),
    "answer_instruction": (_HOLDER, _as_holder(_answer_instruction)),
    "fulfil": (_HANDLER, _as_holder(_fulfil)),
    "link": (_HOLDER, _as_holder(_link)),
    "propose_publication": (
        ("handler", "chief"),
        _as_holder(_one(lambda it: ProposePublication(*it.holding))),
    ),
    "route": (("triage",), _route),
    "reclassify": (_DESK, _reclassify),
    "mark_petition": (
        _DESK,
        _one(lambda it: MarkPetition(it.by, it.at, "by_content", _REASON)),
    ),
    "mark_disclosure": (
        _DESK,
        _one(lambda it: MarkDisclosure(it.by, it.at, "by_content", _REASON)),
    ),
    "consent_return": (
        _SUPERVISOR,
        _one(lambda it: ConsentReturn(it.by, it.at, "not_said", None, None)),
    ),
    "recall": (_SUPERVISOR, _one(lambda it: RecallLetter(it.by, it.at, "not_said"))),
    "supervise": (_SUPERVISOR, _one(lambda it: SuperviseLetter(it.by, it.at))),
    "decide_extension": (
        ("chief", "supervisor"),
        _one(lambda it: DecideExtension(it.by, it.at, False, None, _REASON)),
    ),
    "sign": (_SIGNERS, _signing(SignAnswer)),
    "send_back": (_SIGNERS, _signing(lambda by, at: SendBack(by, at, _REASON))),
    "read": (_CHIEFS, _one(lambda it: ReadLetter(it.by, it.at))),
    "instruct": (_CHIEFS, _one(lambda it: Instruct(it.by, it.at, _NOTE))),
}
"""For each action the roles that its route lets in, and its probes."""
