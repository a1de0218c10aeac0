"""`decide`: the events that each command causes, or the refusal."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias, get_args

from services.intake.domain import (
    contact,
    diversion,
    erasure,
    file_access,
    files,
    identity_reveals,
    publication_copy,
    submission,
    writer_requests,
)
from services.intake.domain.diversion import Diversion
from services.intake.domain.evolve import IntakeState, PrivateEvent
from services.intake.domain.identity_sealing import KeyOf, SealIdentity, seal_again
from services.intake.domain.letter import IntakeLetter, NoLetter
from services.intake.domain.publication_copy import NotePublisherEvent, note_publisher_event
from services.intake.domain.writer_view import NoteProgress, note_progress
from shared.contracts.event import Event
from shared.kernel.errors import NotFound

Command: TypeAlias = (
    submission.SubmitLetter
    | writer_requests.RequestCommand
    | contact.ChangeContact
    | publication_copy.ChangeConsent
    | NotePublisherEvent
    | identity_reveals.RevealCommand
    | NoteProgress
    | SealIdentity
    | erasure.EraseLetterParts
    | files.RecordFileScan
    | file_access.FileAccessCommand
    | diversion.DiversionCommand
)
Events: TypeAlias = tuple[Event | PrivateEvent, ...]
RuleTable: TypeAlias = Mapping[
    tuple[type[Command], type[IntakeState]], Callable[[Any, Any], Events]
]


def rule_table(key_of: KeyOf) -> RuleTable:
    """The rule for each command in each state; `key_of` finds the key to seal an identity with."""
    return MappingProxyType(
        {
            (submission.SubmitLetter, NoLetter): submission.submit,
            (submission.SubmitLetter, IntakeLetter): submission.submit_again,
            **{
                (asks, IntakeLetter): writer_requests.request
                for asks in get_args(writer_requests.RequestCommand)
            },
            (contact.ChangeContact, IntakeLetter): contact.change_contact,
            (publication_copy.ChangeConsent, IntakeLetter): publication_copy.change_consent,
            (NotePublisherEvent, IntakeLetter): note_publisher_event,
            (identity_reveals.RevealIdentity, IntakeLetter): identity_reveals.reveal_identity,
            (identity_reveals.RequestReveal, IntakeLetter): identity_reveals.request_reveal,
            (identity_reveals.DecideReveal, IntakeLetter): identity_reveals.decide_reveal,
            (identity_reveals.ViewIdentity, IntakeLetter): identity_reveals.view_identity,
            (NoteProgress, IntakeLetter): partial(note_progress, key_of=key_of),
            (SealIdentity, IntakeLetter): partial(seal_again, key_of=key_of),
            (files.RecordFileScan, IntakeLetter): files.record_scan,
            (file_access.FetchFile, IntakeLetter): file_access.fetch_file,
            (file_access.ViewFiles, IntakeLetter): file_access.view_files,
            (erasure.EraseLetterParts, IntakeLetter): erasure.erase,
            (erasure.EraseLetterParts, Diversion): diversion.erase_content,
            (diversion.Divert, NoLetter): diversion.divert,
            (diversion.Divert, Diversion): diversion.divert_again,
            (diversion.SeeDiversion, Diversion): diversion.see,
            (diversion.ResolveDiversion, Diversion): diversion.resolve,
            (diversion.SayHappening, Diversion): diversion.say_happening,
            (diversion.NoteLetterMade, Diversion): diversion.note_letter_made,
        }
    )


def decide(command: Command, state: IntakeState, *, rules: RuleTable) -> Events:
    """What `command` causes in `state`; nothing if it has already happened.

    Raises: NotFound, for an unknown letter, somebody else's, or a number of the other kind;
    AlreadyDone; BadValue; LimitReached; OutOfOrder; and the refusals of reveals.
    """
    rule = rules.get((type(command), type(state)))
    if rule is None:
        raise NotFound
    return rule(command, state)
