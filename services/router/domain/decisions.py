"""What each command causes: `decide`, which may refuse. Pure."""

from typing import Any, TypedDict, assert_never

from services.router.domain.commands import (
    AcceptLetter,
    Command,
    ConfirmClock,
    PassIdentity,
    RateLetter,
    ReceiveLetter,
    ReplyToLetter,
    RouteLetter,
    WithdrawLetter,
    WithholdIdentity,
)
from services.router.domain.dues import STARTS, STOPS, Book, started, stopped
from services.router.domain.folding import LetterKept, evolve
from services.router.domain.letter import Letter, Nothing, RouterState
from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.event import Event
from shared.contracts.progress_v1 import (
    LetterAccepted,
    LetterClosed,
    LetterEscalated,
    LetterRated,
    LetterReceived,
    LetterReplied,
    LetterRouted,
    LetterWithdrawn,
    ReplySubmitted,
    RequestRefused,
    TriageEntered,
)
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.submitted_v1 import IdentitySealed, IdentityWithheld, LetterSubmitted
from shared.contracts.values import By, ClockChange
from shared.contracts.vocabulary import (
    RequestRefusal,
    RequestType,
    State,
    TriageReason,
    WhyClosed,
    WhyRouted,
)
from shared.contracts.words import LetterText
from shared.kernel.errors import (
    BadValue,
    NotAllowed,
    NotFound,
    NotHeld,
    OutOfOrder,
    StaleAssignment,
)
from shared.kernel.working_days import civil_date

Events = tuple[Event | LetterKept, ...]

RULE = By(role="rule")
WRITER = By(role="writer")
CLOCK = By(role="clock")

MASKED = ("complaint", "report")
"""Categories whose writers stay unknown to the bureau. Source: DESIGN section 6."""
OPEN: tuple[State, ...] = ("submitted", "triage", "routed", "handling", "supplement", "signing")
"""States in which no answer was given yet."""
NEEDS_FINDING = ("unfounded", "malicious")


def decide(command: Command, state: RouterState, book: Book) -> Events:
    """What `command` causes in `state`; nothing when it has already happened.

    Raises: NotFound, NotHeld, StaleAssignment, OutOfOrder, BadValue, NotAllowed.
    """
    match command, state:
        case ReceiveLetter(letter), Nothing():
            return _receive(letter, book)
        case ReceiveLetter(), Letter():
            return ()
        case ((AcceptLetter() | ReplyToLetter()), Nothing()):
            raise NotHeld
        case _, Nothing():
            raise NotFound
        case _, Letter():
            return _of_letter(command, state, book)
        case _:
            assert_never(command)


def _of_letter(command: Command, letter: Letter, book: Book) -> Events:
    match command:
        case RouteLetter():
            return _route_by_hand(command, letter, book)
        case AcceptLetter():
            return _accept(command, letter)
        case ReplyToLetter():
            return _reply(command, letter, book)
        case RateLetter():
            return _rate(command, letter)
        case WithdrawLetter():
            return _withdraw(command, letter)
        case PassIdentity(identity):
            return _pass_identity(identity, letter)
        case WithholdIdentity(identity):
            return (identity,) if _stands(identity, letter) else ()
        case ConfirmClock():
            return _confirm(command, letter)
        case ReceiveLetter():
            return ()
        case _:
            assert_never(command)


def _receive(submitted: LetterSubmitted, book: Book) -> Events:
    day = civil_date(submitted.received_at)
    target, reasons, evidence = _target(submitted)
    received = LetterReceived(
        state="submitted",
        holder="triage",
        assignment=0,
        by=RULE,
        clocks=started(
            STARTS["letter.received"], None, start=day, category=submitted.category, book=book
        ),
        received_at=submitted.received_at,
        category=submitted.category,
        addressed_to=submitted.addressed_to,
        place=submitted.place,
        about=submitted.about,
        confidence=1.0 if target else 0.0,
        evidence=evidence,
        policy_version=book.policy_version,
        receipt=book.receipt("reply", start=day, category=submitted.category),
    )
    words = submitted.words if isinstance(submitted.words, LetterText) else None
    kept = LetterKept(words, submitted.attachments)
    letter = evolve(evolve(Nothing(), received), kept)
    if not isinstance(letter, Letter):
        raise TypeError("a received letter is a letter")
    if target is None:
        return received, kept, _to_triage(letter, reasons, submitted)
    return (
        received,
        kept,
        _to_bureau(letter, target, by=RULE, why="rule", at=submitted.received_at, book=book),
    )


def _target(
    submitted: LetterSubmitted,
) -> tuple[Bureau | None, tuple[TriageReason, ...], tuple[str, ...]]:
    """The bureau that the writer names, or why a person must choose one; and the evidence."""
    city, addressed = submitted.place.city, submitted.addressed_to
    if submitted.triage.class_ in ("crime_report", "not_police"):
        return None, (submitted.triage.class_,), ()
    if submitted.about is not None:
        return None, ("about_police",), ()
    if city and addressed and city != addressed:
        return None, ("conflict_of_places",), ()
    if city:
        return city, (), ("city.named",)
    if addressed:
        return addressed, (), ("bureau.addressed",)
    return None, ("no_place",), ()


def _to_triage(
    letter: Letter, reasons: tuple[TriageReason, ...], submitted: LetterSubmitted
) -> TriageEntered:
    return TriageEntered(
        **_fact(letter, state="triage", by=RULE),
        reasons=reasons,
        suggestion=submitted.place.city or submitted.addressed_to,
    )


def _to_bureau(
    letter: Letter, bureau: Bureau, *, by: By, why: WhyRouted, at: Any, book: Book
) -> LetterRouted:
    clocks = stopped(STOPS["letter.routed"], letter) + started(
        STARTS["letter.routed"],
        letter,
        start=civil_date(at),
        category=letter.category,
        book=book,
    )
    common = _fact(letter, state="routed", by=by, clocks=clocks, holder=bureau)
    return LetterRouted(
        **common | {"assignment": letter.assignment + 1},
        bureau=bureau,
        category=letter.category,
        masked=letter.category in MASKED,
        why=why,
        follow_up=letter.addressed_to == "province" and bureau != "province",
    )


def _route_by_hand(command: RouteLetter, letter: Letter, book: Book) -> Events:
    if letter.state != "triage":
        raise OutOfOrder(f"route while {letter.state}")
    return (
        _to_bureau(letter, command.bureau, by=command.by, why="desk", at=command.at, book=book),
    )


def _accept(command: AcceptLetter, letter: Letter) -> Events:
    _check_holding(command, letter)
    if letter.state != "routed":
        raise OutOfOrder(f"accept while {letter.state}")
    clocks = stopped(STOPS["letter.accepted"], letter)
    return (LetterAccepted(**_fact(letter, state="handling", by=command.by, clocks=clocks)),)


def _reply(command: ReplyToLetter, letter: Letter, book: Book) -> Events:
    _check_holding(command, letter)
    if letter.state != "handling":
        raise OutOfOrder(f"reply while {letter.state}")
    _check_reply(command)
    submitted = ReplySubmitted(
        **_fact(
            letter,
            state="signing",
            by=command.by,
            clocks=stopped(STOPS["reply.submitted"], letter),
        ),
        kind="reply",
        outcome=command.outcome,
        from_state="handling",
        finding=command.finding,
        referred_to=command.referred_to,
        publication_proposed=command.publication_proposed,
        words=command.words,
    )
    started_now = started(
        STARTS["letter.replied"],
        letter,
        start=civil_date(command.at),
        category=letter.category,
        book=book,
    )
    replied = LetterReplied(
        **_fact(
            letter,
            state="replied",
            by=command.by,
            clocks=stopped(STOPS["letter.replied"], letter) + started_now,
        ),
        reply=letter.replies + 1,
        outcome=command.outcome,
        finding=command.finding,
        referred_to=command.referred_to,
        publication_proposed=command.publication_proposed,
        words=command.words,
    )
    return submitted, replied


def _check_reply(command: ReplyToLetter) -> None:
    """What a reply must hold, and what no chief could sign yet."""
    if command.words is None:
        raise BadValue("words")
    if command.outcome in NEEDS_FINDING and command.finding is None:
        raise BadValue("finding")
    if command.commitments:
        raise NotAllowed("commitments")
    if command.outcome == "malicious":
        raise NotAllowed("outcome")


def _rate(command: RateLetter, letter: Letter) -> Events:
    if letter.state != "replied":
        done = letter.state == "closed"
        return _refuse(
            letter,
            command.request_id,
            "rating.submitted",
            "already_done" if done else "out_of_order",
        )
    rated = LetterRated(
        **_fact(letter, state="replied", by=WRITER),
        solved=command.solved,
        score=command.score,
        words=command.words,
    )
    return (rated, _close(letter, "solved", WRITER)) if command.solved else (rated,)


def _withdraw(command: WithdrawLetter, letter: Letter) -> Events:
    if letter.state not in OPEN:
        done = letter.state == "withdrawn"
        return _refuse(
            letter,
            command.request_id,
            "withdrawal.requested",
            "already_done" if done else "too_late",
        )
    clocks = stopped(STOPS["letter.withdrawn"], letter)
    return (
        LetterWithdrawn(
            **_fact(letter, state="withdrawn", by=WRITER, clocks=clocks), reason=command.reason
        ),
    )


def _pass_identity(identity: IdentitySealed, letter: Letter) -> Events:
    if not _stands(identity, letter) or letter.masked:
        return ()
    return (
        LetterIdentity(
            **_fact(letter, state=letter.state, by=RULE),
            kid=identity.kid,
            envelope=identity.envelope,
        ),
    )


def _stands(identity: IdentitySealed | IdentityWithheld, letter: Letter) -> bool:
    return (identity.bureau, identity.assignment) == (letter.holder, letter.assignment)


def _confirm(command: ConfirmClock, letter: Letter) -> Events:
    """Confirm a level once, while that very clock runs; all else is stale."""
    fired = command.fired
    clock = letter.running(fired.clock)
    if clock is None or (clock.round, clock.due_on) != (fired.round, fired.due_on):
        return ()
    if fired.level not in clock.levels:
        return ()
    if fired.level == "effect":
        return (_close(letter, "silence", CLOCK),) if fired.clock == "rating" else ()
    return (
        LetterEscalated(
            **_fact(letter, state=letter.state, by=CLOCK),
            clock=fired.clock,
            round=fired.round,
            level=fired.level,
            due_on=fired.due_on,
        ),
    )


def _close(letter: Letter, why: WhyClosed, by: By) -> LetterClosed:
    clocks = stopped(STOPS["letter.closed"], letter)
    return LetterClosed(**_fact(letter, state="closed", by=by, clocks=clocks), why=why)


def _refuse(letter: Letter, request_id: str, kind: RequestType, code: RequestRefusal) -> Events:
    return (
        RequestRefused(
            **_fact(letter, state=letter.state, by=RULE),
            request_id=request_id,
            request_type=kind,
            code=code,
        ),
    )


def _check_holding(command: AcceptLetter | ReplyToLetter, letter: Letter) -> None:
    """Only the holder may act, and only on the holding that it was told of."""
    if command.bureau != letter.holder:
        raise NotHeld
    if command.assignment != letter.assignment:
        raise StaleAssignment


class _Common(TypedDict):
    """What every fact says."""

    state: State
    holder: Holder
    assignment: int
    by: By
    clocks: tuple[ClockChange, ...]


def _fact(
    letter: Letter,
    *,
    state: State,
    by: By,
    clocks: tuple[ClockChange, ...] = (),
    holder: Holder | None = None,
) -> _Common:
    return _Common(
        state=state,
        holder=holder or letter.holder,
        assignment=letter.assignment,
        by=by,
        clocks=clocks,
    )
