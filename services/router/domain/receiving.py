"""How a letter comes in and finds its bureau, by rule or by hand. Pure."""

from datetime import datetime

from services.router.domain.commands import ReceiveLetter, RouteLetter
from services.router.domain.dues import STARTS, Book, started
from services.router.domain.facts import RULE, common
from services.router.domain.folding import LetterKept, evolve
from services.router.domain.letter import Letter, Nothing
from services.router.domain.standing import standing
from shared.contracts.progress_v1 import LetterReceived, LetterRouted, TriageEntered
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import By, ClockChange
from shared.contracts.vocabulary import TriageReason, WhyRouted
from shared.contracts.words import LetterText
from shared.kernel.errors import NotAllowed, OutOfOrder
from shared.kernel.seeing import may_reach
from shared.kernel.working_days import civil_date

MASKED = ("complaint", "report")
"""Categories whose writers stay unknown to the bureau. Source: ADR-0003."""

Received = tuple[LetterReceived, LetterKept, LetterRouted | TriageEntered]


def receive(command: ReceiveLetter, book: Book) -> Received:
    """Register the letter; route it where its writer says, or put it before the triage desk."""
    submitted = command.letter
    target, reasons, evidence = _target(submitted)
    received = _received(command, book).model_copy(
        update={"confidence": 1.0 if target else 0.0, "evidence": evidence}
    )
    words = submitted.words if isinstance(submitted.words, LetterText) else None
    kept = LetterKept(words, submitted.attachments)
    letter = evolve(evolve(Nothing(), received), kept)
    if not isinstance(letter, Letter):
        raise TypeError("a received letter is a letter")
    if target is None:
        return received, kept, _to_triage(letter, reasons, submitted=submitted)
    routed = _to_bureau(letter, target, by=RULE, why="rule", at=command.at, book=book)
    return received, kept, routed


def route_by_hand(command: RouteLetter, letter: Letter, *, book: Book) -> LetterRouted:
    """Send a letter that waits in triage to a bureau. Raises: OutOfOrder, NotAllowed."""
    if letter.state != "triage":
        raise OutOfOrder(f"route while {letter.state}")
    if not may_reach(standing(letter), command.bureau):
        raise NotAllowed("the letter must not reach that bureau")
    return _to_bureau(letter, command.bureau, by=command.by, why="desk", at=command.at, book=book)


def _received(command: ReceiveLetter, book: Book) -> LetterReceived:
    submitted = command.letter
    return LetterReceived(
        state="submitted",
        holder="triage",
        assignment=0,
        by=RULE,
        clocks=_first_clocks(command, book),
        received_at=submitted.received_at,
        category=submitted.category,
        addressed_to=submitted.addressed_to,
        place=submitted.place,
        about=submitted.about,
        confidence=0.0,
        policy_version=book.policy_version,
        receipt=book.receipt(
            "reply", start=civil_date(submitted.received_at), category=submitted.category
        ),
    )


def _first_clocks(command: ReceiveLetter, book: Book) -> tuple[ClockChange, ...]:
    """The reply's clock counts from the day of receipt, whenever the router comes to read it."""
    category, received_at = command.letter.category, command.letter.received_at
    return (
        book.start("assign", start=civil_date(command.at), category=category),
        book.start("reply", start=civil_date(received_at), category=category),
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
    letter: Letter, reasons: tuple[TriageReason, ...], *, submitted: LetterSubmitted
) -> TriageEntered:
    return TriageEntered(
        **common(letter, "triage.entered", by=RULE, state="triage"),
        reasons=reasons,
        suggestion=submitted.place.city or submitted.addressed_to,
    )


def _to_bureau(
    letter: Letter, bureau: Bureau, *, by: By, why: WhyRouted, at: datetime, book: Book
) -> LetterRouted:
    starts = started(STARTS["letter.routed"], letter, start=civil_date(at), book=book)
    said = common(letter, "letter.routed", by=by, state="routed", starts=starts)
    said["holder"], said["assignment"] = bureau, letter.assignment + 1
    return LetterRouted(
        **said,
        bureau=bureau,
        category=letter.category,
        masked=letter.category in MASKED,
        why=why,
        follow_up=letter.addressed_to == "province" and bureau != "province",
    )
