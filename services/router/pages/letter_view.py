"""What the page of a letter shows, in the order in which it is needed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Final

from services.router.api.dependencies import StaffAction
from services.router.api.letters import alike_for, links_for, notes_for
from services.router.api.letters_schemas import LetterShown, shown
from services.router.domain.claims import Claim, is_absent
from services.router.domain.due_dates import receipt_of
from services.router.domain.file_states import FileState
from services.router.domain.letter import Letter, RunningClock
from services.router.pages.decision_forms import EVERY_FORM
from services.router.pages.history_text import HistoryItem, history_items
from services.router.pages.routing_evidence import Said, evidence_in_words
from services.router.store.inbox import AT_DESK
from shared.contracts.bilingual import Bilingual
from shared.contracts.values import Receipt
from shared.contracts.words import Span
from shared.web.language import N_, Message
from shared.web.vocabulary import file_type

MOST_DAYS: Final = 62
"""A longer receipt shows days of the same kind together."""
FIRST: Final = ("accept", "unit_accept", "reply", "answer_instruction", "fulfil")
"""Actions that are offered as buttons; the others are links."""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A piece of the writer's text; `own`: the kind of value, if it is the writer's own."""

    text: str = field(repr=False)
    own: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptDays:
    """Days of one kind that follow each other."""

    first: date
    last: date
    kind: str
    counted: int
    """How many days were counted up to the last of these."""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A running clock and how its date was counted."""

    clock: RunningClock
    tone: str
    left_s: float
    days: Sequence[ReceiptDays] = ()
    calendar: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A link to an action."""

    name: str
    title: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """Who works on the letter, and what this person can do about it."""

    claim: Claim | None
    is_mine: bool
    can_claim: bool
    can_take_over: bool


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that the writer sent."""

    type: Bilingual | str
    size: int
    """Bytes."""
    state: FileState
    opens_at: str | None
    """Where this person can open it."""


@dataclass(frozen=True, slots=True)
class LetterPage:
    """Everything on the page."""

    shown: LetterShown
    subject: Sequence[MarkedText] = ()
    body: Sequence[MarkedText] = ()
    clocks: Sequence[ClockLine] = ()
    offers: Sequence[Offer] = ()
    history: Sequence[HistoryItem] = ()
    evidence: Sequence[Said] = ()
    claim: ClaimLine | None = None
    files: Sequence[FileLine] = ()
    unit: str | None = None
    draft_saved_at: datetime | None = None
    draft_by: str | None = None
    seen: int = 0
    """How many facts the person had seen at their last visit."""
    identity_at: str | None = None
    """Where this person can ask who wrote it."""


async def letter_page(action: StaffAction) -> LetterPage:
    """Collect what this person may see of the letter. Raises: DatabaseFault."""
    number, letter, person, desk = action.number, action.letter, action.person, action.desk
    told = shown(number, letter, sight=action.sight)
    if action.sight != "all":
        return LetterPage(told, *texts(told, letter), clocks=_clocks(action))
    stores, staff = desk.stores, person.staff_id
    told.notes = await notes_for(number, letter, desk=desk)
    told.links = await links_for(person, letter, desk=desk)
    told.alike = (await alike_for(person, [number], desk=desk)).get(number, [])
    seen = (await stores.visits.seen(staff, [number])).get(number, 0)
    await stores.visits.opened(staff, number, facts=letter.facts, now=action.now)
    draft = await stores.drafts.read(number, assignment=letter.assignment)
    is_holders = handles(action)
    return LetterPage(
        told,
        *texts(told, letter),
        clocks=_clocks(action),
        offers=list(offers(action)),
        history=history_items(await stores.history.of(number)),
        evidence=evidence_in_words(letter.evidence),
        claim=await claim_line(action) if is_holders else None,
        files=list(file_lines(letter, at=_files_at(action))),
        unit=letter.unit,
        draft_saved_at=draft.saved_at if draft and is_holders else None,
        draft_by=draft.staff if draft and is_holders else None,
        seen=seen,
        identity_at=_identity_at(action),
    )


def file_lines(letter: Letter, *, at: str | None) -> Iterator[FileLine]:
    """The files of the letter with their states; `at`: intake's page of them."""
    states: Mapping[str, FileState] = dict(letter.checked_files)
    for file in letter.attachments:
        state = states.get(file.id, "waiting")
        address = f"{at}#{file.id}" if at and state == "clean" else None
        yield FileLine(file_type(file.type), file.size, state, address)


def _files_at(action: StaffAction) -> str | None:
    """Intake's page of the letter's files, for those who see all of it."""
    intake = action.desk.identities_at
    return f"{intake}/files/{action.number}" if intake else None


def _identity_at(action: StaffAction) -> str | None:
    """The page of intake where handlers and supervisors ask who wrote the letter."""
    may_ask = any(by.role in ("handler", "supervisor") for by in action.acts_as)
    intake = action.desk.identities_at
    return f"{intake}/reveals/letters/{action.number}" if may_ask and intake else None


def handles(action: StaffAction) -> bool:
    """Whether this person handles the letter for the bureau that holds it."""
    return any(by.role == "handler" for by in action.acts_as)


def offers(action: StaffAction) -> Iterator[Offer]:
    """The links to what is allowed now, the likely ones first."""
    allowed = action.allowed
    if "reply" in allowed:
        yield Offer("reply", N_("Write the reply"), is_first=True)
    if allowed & {"sign", "send_back"}:
        yield Offer("sign", N_("Read and sign the draft"), is_first=True)
    if "read" in allowed:
        yield Offer("read", N_("Read it in person"), is_first=False)
    for name, form in EVERY_FORM.items():
        if form.needs is not None and form.needs in allowed and name != "reply":
            yield Offer(name, form.title, is_first=name in FIRST)


async def claim_line(action: StaffAction) -> ClaimLine:
    """Who works on the letter. Raises: DatabaseFault."""
    letter, staff, stores = action.letter, action.person.staff_id, action.desk.stores
    claim = (await stores.claims.of([action.number])).get(action.number)
    is_open = letter.state in AT_DESK
    if claim is None or claim.assignment != letter.assignment:
        return ClaimLine(None, is_mine=False, can_claim=is_open, can_take_over=False)
    is_mine = claim.staff == staff
    is_away = not is_mine and is_absent(await stores.visits.last_seen(claim.staff), now=action.now)
    return ClaimLine(claim, is_mine=is_mine, can_claim=False, can_take_over=is_open and is_away)


def texts(told: LetterShown, letter: Letter) -> tuple[Sequence[MarkedText], Sequence[MarkedText]]:
    """Subject and body, with the writer's own values marked if this person may read them."""
    words = letter.words
    if told.body is None or words is None:
        return (), ()
    if told.masked:
        return [MarkedText(told.subject or "")], [MarkedText(told.body)]
    return (
        list(_marked(words.subject, words.subject_spans)),
        list(_marked(words.body, words.own_spans)),
    )


def _marked(text: str, spans: Iterable[Span]) -> Iterator[MarkedText]:
    position = 0
    for span in spans:
        if span.start > position:
            yield MarkedText(text[position : span.start])
        yield MarkedText(text[span.start : span.end], span.what)
        position = span.end
    if position < len(text):
        yield MarkedText(text[position:])


def _clocks(action: StaffAction) -> list[ClockLine]:
    """The running clocks, the next due first."""
    if action.sight not in ("all", "course"):
        return []
    letter = action.letter
    rulebook = action.desk.rulebook.under(letter.policy_version)
    lines = []
    for clock in sorted(letter.clocks, key=lambda one: (one.is_paused, one.passes_at)):
        receipt = None if clock.is_paused else receipt_of(clock, letter, rulebook=rulebook)
        left_s = (clock.passes_at - action.now).total_seconds()
        lines.append(
            ClockLine(
                clock,
                _tone(clock, left_s),
                left_s,
                days_of(receipt) if receipt else (),
                receipt.calendar_version if receipt else "",
                receipt.policy_version if receipt else "",
            )
        )
    return lines


def _tone(clock: RunningClock, left_s: float) -> str:
    if clock.is_paused:
        return "grey"
    if left_s <= 0:
        return "red"
    return "amber" if left_s <= 3 * 86_400 else "blue"


def days_of(receipt: Receipt) -> list[ReceiptDays]:
    """The receipt day by day; a long one by runs of days of the same kind."""
    counted, days = 0, []
    for day in receipt.days:
        counted += day.kind == "counted"
        days.append(ReceiptDays(day.day, day.day, day.kind, counted))
    if len(days) <= MOST_DAYS:
        return days
    runs = (list(run) for _, run in groupby(days, key=lambda day: day.kind))
    return [ReceiptDays(run[0].first, run[-1].last, run[0].kind, run[-1].counted) for run in runs]


DONE: Final = {name: form.done for name, form in EVERY_FORM.items()} | {
    "reply": N_("The reply has been written."),
    "saved": N_("The draft has been saved."),
    "claimed": N_("You now work on this letter."),
    "released": N_("The letter is free for a colleague."),
    "handed_over": N_("The letter has been handed over."),
    "taken_over": N_("You have taken over the letter."),
    "taken": N_("A colleague works on this letter already."),
}
"""What the page says after an action, by its name in the address."""


def done_text(name: str | None) -> Message | str | None:
    """Return what was done; None for an unknown name."""
    return DONE.get(name or "")
