"""What does each of the router's facts change for publishing and for figures? Pure.

Every fact of the catalogue changes something by table or is named as saying no more than the state
and the holder.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

from services.publisher.domain.letter import Letter, Promise
from services.publisher.domain.standing import gone_on
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    CommitmentMade,
    DisclosureMarked,
    DueChanged,
    ExtensionDecided,
    ExtensionRequested,
    InstructionAnswered,
    InstructionGiven,
    LetterAccepted,
    LetterAddedTo,
    LetterClosed,
    LetterDeclined,
    LetterEscalated,
    LetterLinked,
    LetterPassedOn,
    LetterRated,
    LetterRead,
    LetterRecalled,
    LetterReceived,
    LetterReclassified,
    LetterReopened,
    LetterReplied,
    LetterReturned,
    LetterRouted,
    LetterSigned,
    LetterSupervised,
    LetterWithdrawn,
    NoteAdded,
    PetitionMarked,
    PublicationProposed,
    QuestionLapsed,
    ReplySentBack,
    ReplySubmitted,
    RequestRefused,
    TriageEntered,
    UnitAccepted,
    WriterAnswered,
    WriterAsked,
)
from shared.contracts.slugs import Bureau
from shared.kernel.complaints import is_about_department

NEVER_PUBLISHED = ("report",)


def heard(letter: Letter, fact: Fact) -> Letter:
    """The letter once the router has said `fact`; once a report or withdrawn, barred for good."""
    now = replace(letter, state=fact.state)
    change = CHANGES.get(type(fact))
    now = change(now, fact) if change else now
    now = replace(now, bureau=_bureau(now, fact))
    if now.published is not None:
        now = replace(now, draft=gone_on(now.published, fact))
    return barred(now) if now.category in NEVER_PUBLISHED or now.state == "withdrawn" else now


def _bureau(letter: Letter, fact: Fact) -> Bureau | None:
    """Under which bureau it is counted: of complaints about the department, under none."""
    standing = letter.standing
    if standing is not None and standing.about and is_about_department(standing.about):
        return None
    return letter.bureau if fact.holder == "triage" else fact.holder


def barred(letter: Letter) -> Letter:
    """The letter, never to be published; its draft is gone, and what is public is withdrawn."""
    return replace(letter, is_barred=True, draft=None if letter.waiting else letter.draft)


def _received(letter: Letter, fact: LetterReceived) -> Letter:
    now = replace(letter, city=fact.place.city, about=fact.about, excluded=fact.excluded)
    return replace(
        now,
        category=fact.category,
        topic=fact.police_type,
        policy_version=fact.policy_version,
    )


def _reclassified(letter: Letter, fact: LetterReclassified) -> Letter:
    now = replace(letter, about=fact.about, excluded=fact.excluded)
    return replace(now, category=fact.category, topic=fact.police_type or letter.topic)


def _routed(letter: Letter, fact: LetterRouted) -> Letter:
    return replace(letter, category=fact.category)


def _read(letter: Letter, fact: LetterRead) -> Letter:
    return replace(letter, is_read=letter.is_read or fact.in_person)


def _suggested(letter: Letter, fact: PublicationProposed) -> Letter:
    return replace(letter, suggested_by=fact.by.role)


def _replied(letter: Letter, fact: LetterReplied) -> Letter:
    return replace(letter, suggested_by="bureau") if fact.publication_proposed else letter


def _promised(letter: Letter, fact: CommitmentMade) -> Letter:
    before = (one for one in letter.promises if one.commitment != fact.commitment)
    return replace(letter, promises=(*before, Promise(fact.commitment)))


def _kept(letter: Letter, fact: CommitmentFulfilled) -> Letter:
    return _promise(letter, fact.commitment, fact.kept)


def _broken(letter: Letter, fact: LetterEscalated) -> Letter:
    if (fact.clock, fact.level) != ("commitment", "red"):
        return letter
    return _promise(letter, fact.round, "broken")


def _promise(letter: Letter, number: int, standing: Literal["broken", "in_time", "late"]) -> Letter:
    return replace(
        letter,
        promises=tuple(
            replace(one, standing=standing) if one.commitment == number else one
            for one in letter.promises
        ),
    )


CHANGES: Mapping[type[Fact], Callable[[Letter, Any], Letter]] = MappingProxyType(
    {
        LetterReceived: _received,
        LetterReclassified: _reclassified,
        LetterRouted: _routed,
        LetterRead: _read,
        PublicationProposed: _suggested,
        LetterReplied: _replied,
        CommitmentMade: _promised,
        CommitmentFulfilled: _kept,
        LetterEscalated: _broken,
    }
)
STATE_ALONE: frozenset[type[Fact]] = frozenset(
    (
        AppealMade,
        DisclosureMarked,
        DueChanged,
        ExtensionDecided,
        ExtensionRequested,
        InstructionAnswered,
        InstructionGiven,
        LetterAccepted,
        LetterAddedTo,
        LetterClosed,
        LetterDeclined,
        LetterLinked,
        LetterPassedOn,
        LetterRated,
        LetterRecalled,
        LetterReopened,
        LetterReturned,
        LetterSigned,
        LetterSupervised,
        LetterWithdrawn,
        NoteAdded,
        PetitionMarked,
        QuestionLapsed,
        ReplySentBack,
        ReplySubmitted,
        RequestRefused,
        TriageEntered,
        UnitAccepted,
        WriterAnswered,
        WriterAsked,
    )
)
"""Facts that say no more here than the state and the holder; a page may say that it went on."""
