"""How a letter is shown to its writer: from what intake knows to what it gives out."""

from collections.abc import Iterator

from services.intake.api.letters_schemas import (
    DayShown,
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
from services.intake.api.reveals_schemas import shown_to_writer
from services.intake.api.warnings import NO_STATIONS, LineShown, lines_shown
from services.intake.api.wording import DAYS, OUTCOMES, REFUSALS, WHY_CLOSED, said_of
from services.intake.domain.letter import IntakeLetter, LetterReply, TimelineStep, WriterRequest
from services.intake.domain.writer_view import receipt_of
from shared.contracts.values import Receipt
from shared.contracts.words import Note, Reason, ReplyText, WriterText
from shared.kernel.categories import Categories
from shared.rules.lines import turning_to
from shared.rules.stations import Stations

NOTHING = (None, None)
"""What is called nothing in either language, as there is no code."""


def line(number: str, letter: IntakeLetter, *, wording: Categories) -> LetterLine:
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


def shown(
    number: str, letter: IntakeLetter, *, wording: Categories, stations: Stations = NO_STATIONS
) -> LetterShown:
    """A letter whole; `stations`: those that an operator named."""
    standing = (letter.answer,) if letter.answer else ()
    replies = [
        _reply(one, wording, turn_to=_turn_to(one, letter, stations))
        for one in (*letter.earlier_answers, *standing)
    ]
    why_zh, why_en = WHY_CLOSED[letter.why_closed] if letter.why_closed else NOTHING
    return LetterShown(
        **line(number, letter, wording=wording).model_dump(),
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
        questions=_questions(letter),
        promises=_promises(letter),
        extensions=_extensions(letter),
        publication=_publication(letter),
        reveals=[shown_to_writer(one) for one in letter.reveals],
        files=[FileShown(**vars(one)) for one in letter.files],
        requests=_requests(letter),
        history=[_step(one) for one in letter.history],
        also_turn_to=letter.also_turn_to,
    )


def _reply(answer: LetterReply, wording: Categories, *, turn_to: list[LineShown]) -> ReplyShown:
    reason = answer.decline_reason
    outcome_zh, outcome_en = OUTCOMES[answer.outcome] if answer.outcome else NOTHING
    reason_zh, reason_en = wording.declined_reasons[reason] if reason else NOTHING
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
    for one in receipt.days:
        number += one.kind == "counted"
        zh, en = (said.format(number=number) for said in DAYS[one.kind])
        counted = number if one.kind == "counted" else None
        yield DayShown(day=one.day, kind=one.kind, number=counted, zh=zh, en=en)


def _step(step: TimelineStep) -> StepShown:
    zh, en = said_of(step)
    return StepShown(**vars(step), zh=zh, en=en)


def _questions(letter: IntakeLetter) -> list[QuestionShown]:
    return [
        QuestionShown(
            question=one.question,
            text=_text(one.words),
            asked_at=one.asked_at,
            answer_by=one.answer_by,
            standing=one.standing,
        )
        for one in letter.questions
    ]


def _promises(letter: IntakeLetter) -> list[PromiseShown]:
    return [
        PromiseShown(
            commitment=one.commitment,
            text=_text(one.words),
            due_on=one.due_on,
            standing=one.standing,
            broken_at=one.broken_at,
            evidence=_text(one.evidence),
        )
        for one in letter.promises
    ]


def _extensions(letter: IntakeLetter) -> list[ExtensionShown]:
    return [
        ExtensionShown(
            clock=one.clock,
            new_due_on=one.new_due_on,
            text=_text(one.words),
            decided_at=one.decided_at,
        )
        for one in letter.extensions
    ]


def _publication(letter: IntakeLetter) -> PublicationShown | None:
    return PublicationShown(**vars(letter.publication)) if letter.publication else None


def _requests(letter: IntakeLetter) -> list[RequestShown]:
    return [_request(one) for one in letter.requests]


def _request(request: WriterRequest) -> RequestShown:
    zh, en = REFUSALS[request.code] if request.code else NOTHING
    return RequestShown(
        request_id=request.request_id,
        kind=request.kind,
        status=request.status,
        code=request.code,
        code_zh=zh,
        code_en=en,
        question=request.question,
        text=_text(request.words),
        is_late=request.is_late,
    )


def _text(words: Note | Reason | ReplyText | WriterText | None) -> str | None:
    return words.text if words else None
