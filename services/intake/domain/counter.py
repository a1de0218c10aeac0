"""Letters that staff enter for visitors and callers, and the check of a caller's phone.

The notifier sends six digits to the phone; the caller reads them back to whoever entered the
letter. Intake keeps only a keyed hash of them.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from services.intake.domain.letter import EnteredBy, IntakeLetter, PhoneCheck
from shared.contracts.submitted_v1 import PhoneCheckRequested
from shared.contracts.words import Note
from shared.kernel.errors import AlreadyDone, LimitReached, NotFound, OutOfOrder, TooLate

VALID_FOR: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
"""Of one code."""
MOST_CODES: Final = 5
"""Of one letter."""


@dataclass(frozen=True)
class RequestPhoneCheck:
    """Send a code to the writer's phone."""

    staff: str
    code: Note
    digest: str
    """Keyed hash of the code."""
    at: datetime


@dataclass(frozen=True)
class ConfirmPhone:
    """The caller has read these digits back."""

    staff: str
    digest: str
    at: datetime


@dataclass(frozen=True)
class LetterEntered:
    """Staff have entered the letter. A private event."""

    by: EnteredBy


@dataclass(frozen=True)
class PhoneCodeKept:
    """The hash of the newest code. A private event."""

    digest: str
    expires_at: datetime


@dataclass(frozen=True)
class PhoneCodeTried:
    """A code was read back. A private event."""

    at: datetime
    is_right: bool


CounterCommand: TypeAlias = RequestPhoneCheck | ConfirmPhone
CounterEvent: TypeAlias = LetterEntered | PhoneCodeKept | PhoneCodeTried


def check_entered(letter: IntakeLetter, staff: str) -> EnteredBy:
    """Raises: NotFound, for a letter that somebody else entered."""
    if letter.entered is None or letter.entered.staff != staff:
        raise NotFound
    return letter.entered


def request_phone_check(
    command: RequestPhoneCheck, letter: IntakeLetter
) -> tuple[PhoneCheckRequested, PhoneCodeKept]:
    """Send a new code, which replaces the one before.

    Raises: NotFound; AlreadyDone, once the phone is confirmed; LimitReached; OutOfOrder, without a
    phone.
    """
    check_entered(letter, command.staff)
    known = letter.phone_check or PhoneCheck()
    if known.confirmed_at is not None:
        raise AlreadyDone
    if known.codes >= MOST_CODES:
        raise LimitReached
    if letter.contact is None or letter.contact.phone is None:
        raise OutOfOrder("there is no phone")
    until = command.at + VALID_FOR
    asked = PhoneCheckRequested(check=known.codes + 1, expires_at=until, words=command.code)
    return asked, PhoneCodeKept(command.digest, until)


def confirm_phone(command: ConfirmPhone, letter: IntakeLetter) -> tuple[PhoneCodeTried, ...]:
    """Compare the digits with the newest code; a wrong try is counted, a repeat changes nothing.

    Raises: NotFound; OutOfOrder, before a code was sent; TooLate; LimitReached.
    """
    check_entered(letter, command.staff)
    known = letter.phone_check
    if known is None:
        raise OutOfOrder("no code was sent")
    if known.confirmed_at is not None:
        return ()
    if known.expires_at is None or command.at >= known.expires_at:
        raise TooLate("the code has expired")
    if known.tries >= MOST_TRIES:
        raise LimitReached
    return (PhoneCodeTried(command.at, is_right=command.digest == known.digest),)


def letter_entered(letter: IntakeLetter, event: LetterEntered) -> IntakeLetter:
    """The letter with who entered it."""
    return replace(letter, entered=event.by)


def phone_check_requested(letter: IntakeLetter, _: PhoneCheckRequested) -> IntakeLetter:
    """The same letter: what is kept of the code is an event of its own."""
    return letter


def phone_code_kept(letter: IntakeLetter, event: PhoneCodeKept) -> IntakeLetter:
    """The letter with the newest code."""
    codes = letter.phone_check.codes if letter.phone_check else 0
    return replace(letter, phone_check=PhoneCheck(codes + 1, event.digest, event.expires_at))


def phone_code_tried(letter: IntakeLetter, event: PhoneCodeTried) -> IntakeLetter:
    """The letter with one more try; the right one confirms the phone and ends the code."""
    known = letter.phone_check or PhoneCheck()
    if event.is_right:
        return replace(letter, phone_check=PhoneCheck(known.codes, confirmed_at=event.at))
    return replace(letter, phone_check=replace(known, tries=known.tries + 1))
