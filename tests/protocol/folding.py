"""One letter after records or a command are applied to it."""

from dataclasses import dataclass, field

from tests.protocol.scenario import Scenario
from tests.protocol.world import Doc, Event, Id, Numbers, Violation, lowest, number, numbered, sent


@dataclass
class Fold:
    """A letter while a batch is applied to it."""

    scenario: Scenario
    doc: Doc
    is_fixed: bool = True
    fresh: list[Event] = field(default_factory=list)
    unsent: Numbers = ()
    """The lowest new number of each topic that no uncommitted record stands behind."""
    repeats: list[Id] = field(default_factory=list)
    unfit: list[Event] = field(default_factory=list)
    by: list[Id] = field(default_factory=list)
    """The cause of the change."""

    def apply_record(self, event: Event, *, is_lost: bool = False, stands: bool = True) -> None:
        """Apply, store for later, or note that its effects must be sent again.

        `is_lost`: another process applied it since this work began. `stands`: it is uncommitted.
        """
        if event.topic in self.scenario.outsiders:
            self._take_action(event)
            return
        clauses, seen = self.scenario.clauses, number(self.doc.seen, event.topic)
        if event.number <= seen:
            if clauses.losers_send if is_lost else clauses.repeats_are_sent:
                self.repeats.append(event.id)
        elif event.id in self.scenario.poison and not self.is_fixed:
            self._give_up(event)
        elif event.number > seen + 1 and clauses.waits_for_its_turn:
            self._wait(event)
        else:
            known = event.number <= number(self.doc.heard, event.topic)
            self._apply(event, stands=stands and not (known and clauses.heard_is_unsent))
            self._apply_waiting(event.topic)

    def apply_command(self, command: Id) -> None:
        """Decide a command, unless its mark says that this was done."""
        if self.scenario.clauses.looks_for_its_cause and self._has_caused(command):
            self.repeats.append(command)
            return
        self._say(self.scenario.asks[command[2]].topics, command, stands=False)

    def skip(self, event: Event) -> None:
        """Let a record's turn pass, and apply what waits for it."""
        if number(self.doc.seen, event.topic) + 1 == event.number:
            self._see(event)
            self._apply_waiting(event.topic)

    def _take_action(self, event: Event) -> None:
        if self._has_caused(event.id):
            self.repeats.append(event.id)
            return
        stands = not self.scenario.clauses.actions_are_unsent
        self._say(self.scenario.reactions[event.topic], event.id, stands=stands)

    def _has_caused(self, cause: Id) -> bool:
        return any(one.cause == cause for one in self.doc.history)

    def _wait(self, event: Event) -> None:
        clauses, early = self.scenario.clauses, self.doc.early
        if not clauses.keeps_overtakers:
            return
        before = self.doc
        if event not in early and len(early) < self.scenario.most_early:
            self.doc = self.doc._replace(early=tuple(sorted((*early, event))))
        if clauses.remembers_heard and number(self.doc.heard, event.topic) < event.number:
            heard = numbered(self.doc.heard, event.topic, value=event.number)
            self.doc = self.doc._replace(heard=heard)
        if self.doc != before:
            self.by.append(event.id)

    def _apply(self, event: Event, *, stands: bool) -> None:
        if event.number != number(self.doc.seen, event.topic) + 1:
            raise Violation(f"S2 {name(event.id)} is applied before what comes before it")
        self._see(event)
        if event.id not in self.scenario.quiet:
            self._say(self.scenario.reactions[event.topic], event.id, stands=stands)

    def _see(self, event: Event) -> None:
        seen = numbered(self.doc.seen, event.topic, value=event.number)
        early = tuple(
            one for one in self.doc.early if one.topic != event.topic or one.number > event.number
        )
        self.doc = self.doc._replace(seen=seen, early=early)
        self.by.append(event.id)

    def _apply_waiting(self, topic: str) -> None:
        stands = not self.scenario.clauses.early_is_unsent
        while waiting := self._next(topic):
            if waiting.id in self.scenario.poison and not self.is_fixed:
                self._give_up(waiting)
                return
            self._apply(waiting, stands=stands)

    def _next(self, topic: str) -> Event | None:
        turn = number(self.doc.seen, topic) + 1
        found = [one for one in self.doc.early if (one.topic, one.number) == (topic, turn)]
        return found[0] if found else None

    def _give_up(self, event: Event) -> None:
        self.unfit.append(event)
        if event in self.doc.early:
            early = tuple(one for one in self.doc.early if one != event)
            self.doc = self.doc._replace(early=early)
            self.by.append(event.id)

    def _say(self, topics: tuple[str, ...], cause: Id, *, stands: bool) -> None:
        if self._has_caused(cause):
            raise Violation(f"S1 {name(cause)} is applied twice")
        for topic in topics:
            said = Event(topic, cause[1], sent(self.doc, topic) + 1, cause)
            self.fresh.append(said)
            self.doc = self.doc._replace(log=(*self.doc.log, said))
            if not stands:
                self.unsent = lowest(self.unsent, topic, value=said.number)
        self.by.append(cause)


def name(one: Id) -> str:
    """A readable form."""
    return f"{one[0]}/{one[1]}/{one[2]}"


def kept(now: Doc, loaded: Doc, fold: Fold) -> Doc:
    """The document after the fold's write on top of its present content.

    `loaded`, from which the fold started, equals that content unless the guard failed.
    """
    new, unsent = fold.doc, now.unsent
    for topic, seen in now.seen:
        if number(new.seen, topic) < seen:
            raise Violation(f"S1 {topic}/{seen} was applied and is seen no longer")
    for one in fold.fresh:
        if any(other.id == one.id for other in now.history):
            raise Violation(f"S3 {name(one.id)} has two contents")
    for topic, low in fold.unsent:
        unsent = lowest(unsent, topic, value=low)
    return now._replace(
        version=loaded.version + 1,
        by=tuple(fold.by),
        seen=new.seen,
        heard=new.heard,
        early=new.early,
        log=(*now.log, *fold.fresh),
        unsent=unsent,
    )
