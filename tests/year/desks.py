"""The province's desks, chiefs and editors: they route, sign, decide, instruct, recall, publish."""

from typing import Any

from services.publisher.domain.draft import ApproveDraft, ProposeDraft
from services.publisher.domain.publication import ApproveChange, ProposeChange, ReportProblem
from services.router.domain.extensions import DecideExtension
from services.router.domain.reclassification import MarkDisclosure, MarkPetition, ReclassifyLetter
from services.router.domain.replies import DeclineLetter
from services.router.domain.routing import RecallLetter, RouteLetter
from services.router.domain.signing import SendBack, SignAnswer
from services.router.domain.supervision import Instruct, ReadLetter
from shared.contracts.progress_v1 import (
    ExtensionRequested,
    LetterEscalated,
    LetterRecalled,
    LetterReceived,
    LetterReclassified,
    LetterReplied,
    LetterSigned,
    ReplySentBack,
    ReplySubmitted,
    TriageEntered,
)
from shared.contracts.slugs import CITIES
from shared.contracts.values import By
from shared.contracts.vocabulary import Category
from shared.contracts.words import Note, Reason, ReplyText
from shared.kernel.letter_number import new_publication_id
from tests.year.bureaus import WAKES
from tests.year.street import Card, Reactions, Street, any_time, in_office, later

CLERK = By(role="triage", staff="t-3")
SUPERVISOR = By(role="supervisor", staff="example-province-supervisor")
DIRECTOR = By(role="director", staff="example-province-chief")
SIGNERS = (
    By(role="chief", bureau="province", staff="example-province-chief"),
    By(role="chief", bureau="province", staff="example-province-deputy"),
    SUPERVISOR,
    By(role="supervisor", staff="example-province-supervisor-2"),
    By(role="chief", staff="example-province-named"),
    By(role="chief", staff="example-province-named-2"),
)
"""The signer where the holder's own chief must not sign, or isn't next."""
OTHERS: tuple[Category, ...] = ("inquiry", "request", "complaint", "suggestion")
WORDS = Reason(text="需要核对。")


def _chief(bureau: str) -> By:
    slug = "province" if bureau == "triage" else bureau
    return By.model_validate({"role": "chief", "bureau": slug, "staff": f"example-{slug}-chief"})


# --- triage --------------------------------------------------------------------------------------


def _waits(street: Street, card: Card, _: Any) -> None:
    """The triage desk handles it, mostly on the same or the next day."""
    if card.state != "triage" or card.lot.random() < 0.02:
        return
    at = in_office(street.now, card.lot, card.lot.uniform(0, 1.6))
    street.plan(at, later(_triage, street, card, card.assignment))


async def _triage(street: Street, card: Card, assignment: int) -> None:
    if card.state != "triage" or card.assignment != assignment:
        return
    lot, now = card.lot, street.now
    if lot.random() < 0.05:
        await street.tell("router", card, MarkPetition(CLERK, now, "by_content", WORDS))
    if lot.random() < 0.04:
        await street.tell("router", card, MarkDisclosure(CLERK, now, "by_content", WORDS))
    if lot.random() < 0.07:
        acting: Any = {"bureau": "triage", "assignment": assignment, "by": CLERK, "at": now}
        words = ReplyText(text="来信没有具体内容。")
        no = DeclineLetter(**acting, decline_reason="no_content", where_to_turn=None, words=words)
        await street.tell("router", card, no)
        return
    for bureau in (lot.choice(CITIES), lot.choice(CITIES), "province"):
        if await street.tell("router", card, RouteLetter(CLERK, now, bureau)):
            return


def _looked_at(street: Street, card: Card, _: LetterReceived) -> None:
    """Some letters turn out to be of another kind; some are read by a chief."""
    chance, at = card.lot.random(), in_office(street.now, card.lot, card.lot.uniform(0, 6))
    if chance < 0.04:
        street.plan(at, later(_reclassify, street, card))
    elif chance < 0.08:
        street.plan(at, later(_read, street, card))
    elif chance < 0.1:
        street.plan(at, later(_mark, street, card))


async def _reclassify(street: Street, card: Card) -> None:
    keeps = frozenset({"police_type", "about", "excluded"})
    to = card.lot.choice(OTHERS)
    seen = ReclassifyLetter(SUPERVISOR, street.now, to, None, None, keeps=keeps)
    await street.tell("router", card, seen)


async def _mark(street: Street, card: Card) -> None:
    kind = card.lot.choice((MarkPetition, MarkDisclosure))
    await street.tell("router", card, kind(SUPERVISOR, street.now, "by_superior", WORDS))


async def _read(street: Street, card: Card) -> None:
    await street.tell("router", card, ReadLetter(DIRECTOR, street.now))
    if card.lot.random() < 0.5:
        note = Note(text="请抓紧。")
        await street.tell("router", card, Instruct(DIRECTOR, street.now, note))


def _reclassified(street: Street, card: Card, fact: LetterReclassified) -> None:
    del street
    card.category = fact.category


# --- signing and more time ------------------------------------------------------------


def _written(street: Street, card: Card, fact: ReplySubmitted | LetterSigned) -> None:
    """Signers sign within two days, a few only once they are reminded."""
    waits = fact.signers if isinstance(fact, ReplySubmitted) else fact.next
    if not waits:
        return
    card.plan += 1
    card.forgotten = card.lot.random() < 0.06
    if not card.forgotten:
        at = in_office(street.now, card.lot, card.lot.uniform(0, 2.2))
        street.plan(at, later(_sign, street, card, card.plan))


async def _sign(street: Street, card: Card, plan: int) -> None:
    if card.state != "signing" or plan != card.plan:
        return
    own, now = _chief(card.holder), street.now
    wants_more = card.facts[ReplySentBack] < 2 and card.lot.random() < 0.08
    signs = [SignAnswer(by, now) for by in (own, *SIGNERS)]
    sends = [SendBack(by, now, WORDS) for by in (own, *SIGNERS)]
    for done in [*sends, *signs] if wants_more else [*signs, *sends]:
        if await street.tell("router", card, done):
            return


def _wanted(street: Street, card: Card, _: ExtensionRequested) -> None:
    if card.lot.random() < 0.9:
        at = in_office(street.now, card.lot, card.lot.uniform(0, 2))
        street.plan(at, later(_extend, street, card))


async def _extend(street: Street, card: Card) -> None:
    by = _chief(card.holder) if card.lot.random() < 0.5 else SUPERVISOR
    is_granted = card.lot.random() < 0.75
    await street.tell("router", card, DecideExtension(by, street.now, is_granted, None, WORDS))


# --- supervision ------------------------------------------------------------


def _escalated(street: Street, card: Card, fact: LetterEscalated) -> None:
    """Desks and signers are reminded too; the province steps in where nobody else does."""
    lot = card.lot
    at = in_office(street.now, lot, lot.uniform(0, 1))
    if card.state == "triage" and lot.random() < WAKES[fact.level]:
        street.plan(at, later(_triage, street, card, card.assignment))
    elif card.state == "signing" and card.forgotten and lot.random() < WAKES[fact.level]:
        street.plan(at, later(_sign, street, card, card.plan))
    elif fact.level == "province" and fact.clock in ("sign_in", "reply") and lot.random() < 0.2:
        street.plan(at, later(_recall, street, card, card.assignment))
    elif fact.level == "chief" and fact.clock == "reply" and lot.random() < 0.15:
        street.plan(at, later(_read, street, card))


async def _recall(street: Street, card: Card, assignment: int) -> None:
    if card.assignment == assignment and card.state in ("routed", "handling"):
        await street.tell("router", card, RecallLetter(SUPERVISOR, street.now, "too_slow"))


def _taken_back(street: Street, card: Card, fact: LetterRecalled) -> None:
    card.plan += 1
    _waits(street, card, fact)


# --- publishing ------------------------------------------------------------


def _replied(street: Street, card: Card, fact: LetterReplied) -> None:
    if fact.publication_proposed:
        at = in_office(street.now, card.lot, card.lot.uniform(0, 4))
        street.plan(at, later(_publish, street, card, fact.reply))


async def _publish(street: Street, card: Card, copy: int) -> None:
    name = new_publication_id(card.lot.randbytes(10))
    if not await street.tell("publisher", card, ProposeDraft(copy, "e-1", street.now)):
        return
    if not await street.tell("publisher", card, ApproveDraft(copy, "e-2", name, street.now)):
        return
    if card.lot.random() < 0.4:
        street.plan(any_time(street.now, card.lot, 20), later(_report, street, card, name))


async def _report(street: Street, card: Card, name: str) -> None:
    """A reader finds something wrong; editors decide, some of them late."""
    if await street.tell("publisher", card, ReportProblem(name, "wrong", street.now)):
        at = in_office(street.now, card.lot, card.lot.uniform(0, 7))
        street.plan(at, later(_settle, street, card, name))


async def _settle(street: Street, card: Card, name: str) -> None:
    problem = f"{name}:1"
    change = ProposeChange("unfounded", problem, None, None, "e-1", street.now)
    if await street.tell("publisher", card, change):
        await street.tell("publisher", card, ApproveChange(1, "e-2", street.now))


REACTIONS: Reactions = {
    TriageEntered: _waits,
    LetterRecalled: _taken_back,
    ReplySentBack: _waits,
    LetterReceived: _looked_at,
    LetterReclassified: _reclassified,
    ReplySubmitted: _written,
    LetterSigned: _written,
    ExtensionRequested: _wanted,
    LetterEscalated: _escalated,
    LetterReplied: _replied,
}
