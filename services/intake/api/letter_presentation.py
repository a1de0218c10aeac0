"""Presentation of a letter to its writer."""

from collections.abc import Iterator

from services.intake.api.files_schemas import STATES
from services.intake.api.letters_schemas import (
    DayShown,
    EnteredShown,
    ExtensionShown,
    FileShown,
    LetterLine,
    LetterShown,
    PromiseShown,
    PublicationShown,
    QuestionShown,
    ReceiptShown,
    ReplyShown,
    RequestShown,
    StepShown,
)
from services.intake.api.reveals_schemas import reveal_shown
from services.intake.api.warnings import NO_STATIONS, LineShown, lines_shown
from services.intake.api.wording import DAYS, WHY_CLOSED, step_wording
from services.intake.domain.letter import (
    BureauPromise,
    IntakeLetter,
    LetterFile,
    LetterReply,
    TimelineStep,
    WriterRequest,
)
from services.intake.domain.writer_view import receipt_of
from shared.contracts.names import OUTCOMES, REQUEST_REFUSALS
from shared.contracts.values import Receipt
from shared.contracts.words import Note, Reason, ReplyText, WriterText
from shared.kernel.categories import Categories
from shared.rules.places.stations import Stations
from shared.rules.referrals import turning_to

NO_WORDING = (None, None)
"""The wording where there is no code."""


def letter_line(number: str, letter: IntakeLetter, *, wording: Categories) -> LetterLine:
    """A letter for the list."""
    return LetterLine(
        letter=number,
        received_at=letter.received_at,
        category=letter.category,
        state=letter.state,
        state_zh=wording.statuses[letter.state].writer_zh,
        state_en=wording.statuses[letter.state].en,
        bureau=letter.bureau,
        reply_due_on=letter.reply_due_on,
        subject=letter.words.subject if letter.words else None,
    )


def letter_shown(
    number: str, letter: IntakeLetter, *, wording: Categories, stations: Stations = NO_STATIONS
) -> LetterShown:
    """The complete letter; `stations`: police stations that the operator configured."""
    present = (letter.answer,) if letter.answer else ()
    replies = [
        _reply(each, wording, turn_to=_turn_to(each, letter, stations))
        for each in (*letter.earlier_answers, *present)
    ]
    why_zh, why_en = WHY_CLOSED[letter.why_closed] if letter.why_closed else NO_WORDING
    return LetterShown(
        **letter_line(number, letter, wording=wording).model_dump(),
        body=letter.words.body if letter.words else None,
        reply_due_is_provisional=letter.reply_is_provisional,
        reply_due_receipt=_receipt(letter),
        consent_to_publish=letter.consent_to_publish,
        is_supervised=letter.is_supervised,
        reopened=letter.reopened,
        why_closed=letter.why_closed,
        why_closed_zh=why_zh,
        why_closed_en=why_en,
        reply=replies[-1] if replies else None,
        replies=replies,
        questions=[
            QuestionShown(**vars(each), text=_text(each.words)) for each in letter.questions
        ],
        promises=[_promise(each) for each in letter.promises],
        extensions=[
            ExtensionShown(**vars(each), text=_text(each.words)) for each in letter.extensions
        ],
        publication=_publication(letter),
        reveals=[reveal_shown(reveal) for reveal in letter.reveals],
        entered=EnteredShown(**vars(letter.entered)) if letter.entered else None,
        files=[_file(each) for each in letter.files],
        requests=[_request(each) for each in letter.requests],
        history=[_step(each) for each in letter.history],
        also_turn_to=letter.also_turn_to,
    )


def _reply(answer: LetterReply, wording: Categories, *, turn_to: list[LineShown]) -> ReplyShown:
    reason = answer.decline_reason
    outcome_zh, outcome_en = OUTCOMES[answer.outcome] if answer.outcome else NO_WORDING
    reason_zh, reason_en = wording.declined_reasons[reason] if reason else NO_WORDING
    return ReplyShown(
        text=_text(answer.words),
        outcome=answer.outcome,
        replied_at=answer.replied_at,
        bureau=answer.bureau,
        outcome_zh=outcome_zh,
        outcome_en=outcome_en,
        decline_reason=reason,
        decline_reason_zh=reason_zh,
        decline_reason_en=reason_en,
        where_to_turn=answer.where_to_turn,
        turn_to=turn_to,
        answer_by=answer.answer_by,
    )


def _turn_to(answer: LetterReply, letter: IntakeLetter, stations: Stations) -> list[LineShown]:
    if answer.where_to_turn is None:
        return []
    lines = turning_to(answer.where_to_turn, city=letter.place.city, stations=stations)
    return lines_shown(lines)


def _receipt(letter: IntakeLetter) -> ReceiptShown | None:
    receipt = receipt_of(letter)
    if receipt is None:
        return None
    return ReceiptShown(**(dict(receipt) | {"days": list(_days(receipt))}))


def _days(receipt: Receipt) -> Iterator[DayShown]:
    number = 0
    for day in receipt.days:
        number += day.kind == "counted"
        zh, en = (words.format(number=number) for words in DAYS[day.kind])
        counted = number if day.kind == "counted" else None
        yield DayShown(day=day.day, kind=day.kind, number=counted, zh=zh, en=en)


def _step(step: TimelineStep) -> StepShown:
    zh, en = step_wording(step)
    return StepShown(**vars(step), zh=zh, en=en)


def _promise(promise: BureauPromise) -> PromiseShown:
    return PromiseShown(
        **(vars(promise) | {"evidence": _text(promise.evidence)}),
        text=_text(promise.words),
        broken_at=promise.broken_at,
    )


def _publication(letter: IntakeLetter) -> PublicationShown | None:
    shown = letter.publication
    return PublicationShown.model_validate(shown, from_attributes=True) if shown else None


def _file(file: LetterFile) -> FileShown:
    zh, en = STATES[file.state]
    return FileShown(**vars(file), state=file.state, state_zh=zh, state_en=en)


def _request(request: WriterRequest) -> RequestShown:
    zh, en = REQUEST_REFUSALS[request.code] if request.code else NO_WORDING
    return RequestShown(**vars(request), code_zh=zh, code_en=en, text=_text(request.words))


def _text(words: Note | Reason | ReplyText | WriterText | None) -> str | None:
    return words.text if words else None
