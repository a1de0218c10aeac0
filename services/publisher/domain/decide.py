"""`decide`: the events that each command causes, or the refusal."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias

from services.publisher.domain import draft, editing, letter_projection, publication, withdrawal
from services.publisher.domain.evolve import PublisherEvent
from services.publisher.domain.letter import PublisherLetter

Command: TypeAlias = (
    letter_projection.NoteCategory
    | letter_projection.ProjectFact
    | draft.ReceiveCopy
    | draft.ProposeDraft
    | draft.ApproveDraft
    | editing.RewordDraft
    | editing.MarkWords
    | editing.SendDraftBack
    | editing.RejectDraft
    | editing.RestoreDraft
    | publication.ReportProblem
    | publication.ProposeChange
    | publication.ApproveChange
    | withdrawal.NoteConsent
    | withdrawal.EraseWords
)
Rule: TypeAlias = Callable[[Any, PublisherLetter], tuple[PublisherEvent, ...]]
RuleTable: TypeAlias = Mapping[type[Command], Rule]


def rule_table(deadlines: publication.ProblemDeadlines) -> RuleTable:
    """The rule for each command; `deadlines` computes when problems must be decided."""
    return MappingProxyType(
        {
            letter_projection.NoteCategory: letter_projection.note_category,
            letter_projection.ProjectFact: letter_projection.project_fact,
            draft.ReceiveCopy: draft.receive_copy,
            draft.ProposeDraft: draft.propose_draft,
            draft.ApproveDraft: draft.approve_draft,
            editing.RewordDraft: editing.reword_draft,
            editing.MarkWords: editing.mark_words,
            editing.SendDraftBack: editing.send_draft_back,
            editing.RejectDraft: editing.reject_draft,
            editing.RestoreDraft: editing.restore_draft,
            publication.ReportProblem: partial(publication.report_problem, deadlines=deadlines),
            publication.ProposeChange: publication.propose_change,
            publication.ApproveChange: publication.approve_change,
            withdrawal.NoteConsent: withdrawal.note_consent,
            withdrawal.EraseWords: withdrawal.erase_words,
        }
    )


def decide(
    command: Command, letter: PublisherLetter, *, rules: RuleTable
) -> tuple[PublisherEvent, ...]:
    """What `command` causes; nothing if it has already happened.

    Raises: NotFound, without a draft or publication; OutOfOrder; NotAllowed, if one editor would
    do both; BadValue; LimitReached.
    """
    return rules[type(command)](command, letter)
