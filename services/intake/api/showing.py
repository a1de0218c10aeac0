"""How a letter is shown to its writer: from what intake knows to what it gives out."""

from services.intake.api.reveal_views import shown_to_writer
from services.intake.api.views import (
    ExtensionShown,
    FileShown,
    LetterLine,
    LetterShown,
    PromiseShown,
    PublicationShown,
    QuestionShown,
    ReplyShown,
    RequestShown,
    StepShown,
)
from services.intake.domain import Answer, Letter
from shared.contracts.words import Note, Reason, ReplyText, WriterText
from shared.kernel.categories import Categories


def line(number: str, letter: Letter, *, wording: Categories) -> LetterLine:
    """A letter for the list."""
    return LetterLine(
        letter=number,
        received_at=letter.received_at,
        category=letter.category,
        state=letter.state,
        state_zh=wording.statuses[letter.state].writer_zh,
        bureau=letter.bureau,
        reply_due_on=letter.reply_due_on,
        subject=letter.words.subject if letter.words else None,
    )


def shown(number: str, letter: Letter, *, wording: Categories) -> LetterShown:
    """A letter whole."""
    standing = (letter.answer,) if letter.answer else ()
    replies = [_reply(one, wording) for one in (*letter.earlier_answers, *standing)]
    return LetterShown(
        **line(number, letter, wording=wording).model_dump(),
        body=letter.words.body if letter.words else None,
        reply_due_is_provisional=letter.reply_is_provisional,
        consent_to_publish=letter.consent_to_publish,
        is_supervised=letter.is_supervised,
        reopened=letter.reopened,
        why_closed=letter.why_closed,
        reply=replies[-1] if replies else None,
        replies=replies,
        questions=_questions(letter),
        promises=_promises(letter),
        extensions=_extensions(letter),
        publication=_publication(letter),
        reveals=[shown_to_writer(one) for one in letter.reveals],
        files=[FileShown(**vars(one)) for one in letter.files],
        requests=_requests(letter),
        history=[StepShown(**vars(one)) for one in letter.history],
    )


def _reply(answer: Answer, wording: Categories) -> ReplyShown:
    reason = answer.decline_reason
    return ReplyShown(
        text=_text(answer.words),
        outcome=answer.outcome,
        replied_at=answer.replied_at,
        bureau=answer.bureau,
        decline_reason=reason,
        decline_reason_zh=wording.declined_reasons.get(reason) if reason else None,
        where_to_turn=answer.where_to_turn,
        answer_by=answer.answer_by,
    )


def _questions(letter: Letter) -> list[QuestionShown]:
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


def _promises(letter: Letter) -> list[PromiseShown]:
    return [
        PromiseShown(
            commitment=one.commitment,
            text=_text(one.words),
            due_on=one.due_on,
            standing=one.standing,
            evidence=_text(one.evidence),
        )
        for one in letter.promises
    ]


def _extensions(letter: Letter) -> list[ExtensionShown]:
    return [
        ExtensionShown(
            clock=one.clock,
            new_due_on=one.new_due_on,
            text=_text(one.words),
            decided_at=one.decided_at,
        )
        for one in letter.extensions
    ]


def _publication(letter: Letter) -> PublicationShown | None:
    return PublicationShown(**vars(letter.publication)) if letter.publication else None


def _requests(letter: Letter) -> list[RequestShown]:
    return [
        RequestShown(
            request_id=one.request_id,
            kind=one.kind,
            status=one.status,
            code=one.code,
            question=one.question,
            text=_text(one.words),
            is_late=one.is_late,
        )
        for one in letter.requests
    ]


def _text(words: Note | Reason | ReplyText | WriterText | None) -> str | None:
    return words.text if words else None
