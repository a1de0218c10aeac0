"""Routes for editors' work on a draft: wording, marks, sending back, rejecting."""

from hashlib import sha256

from fastapi import APIRouter

from services.publisher.api.dependencies import Desk, Editor, EditorialDesk, LetterNumber, digest_of
from services.publisher.api.drafts_schemas import DraftShown, draft_shown
from services.publisher.api.editing_schemas import (
    EditionRead,
    NewMark,
    NewRejection,
    NewReturn,
    NewWording,
)
from services.publisher.domain.editing import (
    DraftRead,
    EditCommand,
    MarkWords,
    RejectDraft,
    RestoreDraft,
    RewordDraft,
    SendDraftBack,
)
from shared.contracts.words import PublicText, Reason
from shared.platform.http.tokens import Person
from shared.platform.letters.service_decider import IdempotentCommand

router = APIRouter(prefix="/v1/drafts/{letter}")


@router.post("/wording")
async def reword(letter: LetterNumber, body: NewWording, editor: Editor, desk: Desk) -> DraftShown:
    """Shorten or reword a draft. The same call again changes nothing, here and below."""
    words = PublicText(title=body.title, text=body.text, reply=body.reply)
    command = RewordDraft(_read(body, editor, desk), words)
    return await _edit(letter, command, body=body, editor=editor, desk=desk)


@router.post("/marks")
async def mark_words(letter: LetterNumber, body: NewMark, editor: Editor, desk: Desk) -> DraftShown:
    """Hide words wherever they stand, or leave in sight what a rule doubts or an editor hid."""
    command = MarkWords(
        _read(body, editor, desk), body.decision, body.what, body.reason, Reason(text=body.text)
    )
    return await _edit(letter, command, body=body, editor=editor, desk=desk)


@router.post("/return")
async def send_back(
    letter: LetterNumber, body: NewReturn, editor: Editor, desk: Desk
) -> DraftShown:
    """Send a proposal back, or take it back, and say what is missing."""
    command = SendDraftBack(_read(body, editor, desk), Reason(text=body.text))
    return await _edit(letter, command, body=body, editor=editor, desk=desk)


@router.post("/rejection")
async def reject(
    letter: LetterNumber, body: NewRejection, editor: Editor, desk: Desk
) -> DraftShown:
    """Decide that a draft is not published."""
    note = Reason(text=body.text) if body.text else None
    command = RejectDraft(_read(body, editor, desk), body.reason, note)
    return await _edit(letter, command, body=body, editor=editor, desk=desk)


@router.post("/restoration")
async def restore(
    letter: LetterNumber, body: EditionRead, editor: Editor, desk: Desk
) -> DraftShown:
    """Put a rejected draft among the candidates again."""
    command = RestoreDraft(_read(body, editor, desk))
    return await _edit(letter, command, body=body, editor=editor, desk=desk)


def _read(body: EditionRead, editor: Person, desk: EditorialDesk) -> DraftRead:
    return DraftRead(body.copy_number, body.edition, editor.staff_id, desk.now())


async def _edit(
    letter: str, command: EditCommand, *, body: EditionRead, editor: Person, desk: EditorialDesk
) -> DraftShown:
    """Execute the command on a letter that this editor may see; the request is its own key."""
    await desk.letter(letter, editor)
    request = sha256(body.model_dump_json().encode()).hexdigest()[:24]
    name = f"{type(command).__name__}:{request}:{digest_of(editor)}"
    state = await desk.tell(IdempotentCommand(letter, command, name))
    return draft_shown(letter, state, editor=editor)
