"""Actions that need words, and replies that need a finding."""

from shared.contracts import actions_v1 as actions
from shared.contracts.event import Action
from shared.contracts.words import Clear

SPEAKING: tuple[type[Action], ...] = (
    actions.Note,
    actions.Ask,
    actions.Reply,
    actions.Decline,
    actions.AnswerInstruction,
    actions.Fulfil,
)
NEEDS_FINDING = frozenset({"unfounded", "malicious"})


def lacks_words(action: Action) -> bool:
    """Whether a required text is missing, promises included."""
    if isinstance(action, SPEAKING) and _is_empty(action.sealed_fields()["words"]):
        return True
    return isinstance(action, actions.Reply) and any(
        _is_empty(one.words) for one in action.commitments
    )


def lacks_finding(action: Action) -> bool:
    """Whether it calls a letter unfounded without a finding."""
    return (
        isinstance(action, actions.Reply)
        and action.outcome in NEEDS_FINDING
        and action.finding is None
    )


def _is_empty(words: object) -> bool:
    """Whether the text is missing; sealed words that can't be decrypted are a different fault."""
    if isinstance(words, Clear):
        return not str(getattr(words, "text", "")).strip()
    return words is None
