"""The played mailbox: the router, as far as a bureau notices it.

Pure: it returns the records to send. Each action is decided once, by its id.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from clients.bureau.check.desk import InventedLetter, Sent
from clients.bureau.check.refusing import of_faults, why_not
from clients.bureau.check.rules import RULES
from clients.bureau.check.transcript import HeardRecord
from clients.bureau.sealing import Keys
from shared.contracts import bureau_v1
from shared.contracts.actions_v1 import RequestResend
from shared.contracts.envelope import KafkaRecord, envelope, to_record
from shared.contracts.event import Action, Event, Fact
from shared.contracts.slugs import Bureau
from shared.contracts.topics import letters_of
from shared.contracts.vocabulary import ActionRefusal

Change: TypeAlias = Callable[[KafkaRecord], KafkaRecord]
"""Turns a record into one of an unknown kind."""


class Played:
    """One bureau's mailbox with its invented letters."""

    def __init__(
        self, bureau: Bureau, sealers: Mapping[str, Keys], *, now: Callable[[], datetime]
    ) -> None:
        """`sealers`: the sealer for each of the bureau's keys, by id; the first is the default."""
        self._bureau = bureau
        self._topic = letters_of(bureau).name
        self._sealers = sealers
        self._now = now
        self.kid = next(iter(sealers))
        """The default key to seal for."""
        self._letters: dict[str, InventedLetter] = {}

    def letter(self, number: str) -> InventedLetter:
        """The letter with that number, created if it is new."""
        return self._letters.setdefault(number, InventedLetter(number, self._bureau))

    def say(
        self,
        number: str,
        event: Event,
        *,
        of: str = "",
        kid: str | None = None,
        change: Change | None = None,
    ) -> Sent:
        """Emit an event of a letter under its next number."""
        letter = self.letter(number)
        _take_over(letter, event)
        letter.sequence += 1
        event = event.numbered(letter.sequence)
        record = self._record(number, event, letter.sequence, of=of, kid=kid)
        record = record if change is None else change(record)
        code = event.code if isinstance(event, bureau_v1.ActionRefused) else ""
        sent = Sent(number, _type_of(record), letter.sequence, record, of, code)
        letter.said.append(sent)
        return sent

    def hear(self, heard: HeardRecord, action: Action | None) -> tuple[Sent, ...]:
        """The mailbox's answers to a record; none if the record doesn't say where to answer."""
        if not heard.letter:
            return ()
        letter, code = self._letters.get(heard.letter), of_faults(heard)
        if code is not None:
            return (self._refused(heard, code, is_stranger=letter is None or not letter.is_held),)
        if letter is None or action is None:
            return (self._refused(heard, "not_held", is_stranger=True),)
        if letter.silent_for > 0:
            letter.silent_for -= 1
            return ()
        return self._answered(letter, heard, action)

    def _answered(
        self, letter: InventedLetter, heard: HeardRecord, action: Action
    ) -> tuple[Sent, ...]:
        """The answer, or the same answer again for a repeated id."""
        if heard.action_id not in letter.answers:
            letter.contents[heard.action_id] = heard.content
            letter.answers[heard.action_id] = tuple(self._decided(letter, heard, action))
        elif letter.contents[heard.action_id] != heard.content:
            return (self._refused(heard, "id_reused", is_stranger=not letter.is_held),)
        return letter.answers[heard.action_id]

    def _decided(
        self, letter: InventedLetter, heard: HeardRecord, action: Action
    ) -> Iterator[Sent]:
        code = why_not(letter, heard, action=action)
        if code is not None:
            yield self._refused(heard, code, is_stranger=code == "not_held")
        elif isinstance(action, RequestResend):
            yield from self._resent(letter, heard, action)
        else:
            yield from self._applied(letter, heard, action)

    def _applied(
        self, letter: InventedLetter, heard: HeardRecord, action: Action
    ) -> Iterator[Sent]:
        rule, number = RULES[type(action)], letter.number
        letter.state = rule.state or letter.state
        if rule.copy is not None:
            yield self.say(number, rule.copy(action, letter.common()), of=heard.action_id)
        yield self._done(letter, heard, rule.resulting)
        if rule.ends is not None:
            letter.is_held = False
            yield self.say(number, rule.ends(letter.common()), of=heard.action_id)

    def _resent(
        self, letter: InventedLetter, heard: HeardRecord, asked: RequestResend
    ) -> Iterator[Sent]:
        """All events from a number on, or a snapshot of the letter."""
        if asked.snapshot and letter.shown is not None:
            fields = {
                name: getattr(letter.shown, name) for name in bureau_v1.LetterShown.model_fields
            }
            shown = bureau_v1.LetterSnapshot(**{**fields, **letter.common()})
            yield self.say(letter.number, shown, of=heard.action_id)
        else:
            first = asked.from_sequence or 1
            letter.kept_back = [kept for kept in letter.kept_back if kept < first]
            yield from [one for one in letter.said if (one.sequence or 0) >= first]
        yield self._done(letter, heard, RequestResend.type)

    def _done(self, letter: InventedLetter, heard: HeardRecord, resulting: str) -> Sent:
        asked = UUID(heard.action_id)
        done = bureau_v1.ActionApplied(**letter.common(), action_id=asked, resulting=resulting)
        return self.say(letter.number, done, of=heard.action_id)

    def _refused(self, heard: HeardRecord, code: ActionRefusal, *, is_stranger: bool) -> Sent:
        asked, of = _id_of(heard), _cause_of(heard)
        if not is_stranger:
            letter = self.letter(heard.letter)
            no = bureau_v1.ActionRefused(
                action_id=asked, code=code, state=letter.state, assignment=letter.assignment
            )
            return self.say(heard.letter, no, of=of)
        no = bureau_v1.ActionRefused(action_id=asked, code=code)
        record = self._record(heard.letter, no, None, of=of, kid=None)
        return Sent(heard.letter, no.type, None, record, of, code)

    def _record(
        self, number: str, event: Event, sequence: int | None, *, of: str, kid: str | None
    ) -> KafkaRecord:
        now, keys = self._now(), self._sealers[kid or self.kid]
        said = envelope(
            self._topic,
            number,
            data=keys.seal(event, topic=self._topic, letter=number, at=now),
            time=now,
            sequence=sequence,
            cause=of or None,
        )
        return to_record(said, topic=self._topic)


def _take_over(letter: InventedLetter, event: Event) -> None:
    """The letter's state after a fact."""
    if isinstance(event, bureau_v1.LetterAssigned):
        letter.shown, letter.is_held = event, True
    if isinstance(event, bureau_v1.AssignmentEnded):
        letter.is_held = False
    if isinstance(event, Fact):
        letter.state, letter.assignment = event.state, event.assignment


def _type_of(record: KafkaRecord) -> str:
    return dict(record.headers)["ce_type"].decode()


def _id_of(heard: HeardRecord) -> UUID | None:
    return UUID(heard.action_id) if heard.action_id else None


def _cause_of(heard: HeardRecord) -> str:
    """The action's id, or else its position: what an answer to it names."""
    return heard.action_id or f"{heard.partition}-{heard.offset}"
