"""The clauses of the protocol; leaving one out shows what it is for."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Clauses:
    """The guarantees of the protocol; with all of them true it is complete."""

    sends_before_commit: bool = True
    """An input's offset is committed after everything that it caused is acknowledged."""
    repeats_are_sent: bool = True
    """A record that is `seen` already has its effects sent again before it is committed."""
    losers_send: bool = True
    """So does the process that lost the race to apply it."""
    waits_for_its_turn: bool = True
    """Only `seen` + 1 is ever applied."""
    keeps_overtakers: bool = True
    """Early events are stored or at least noted, not dropped."""
    remembers_heard: bool = True
    """The highest number received is remembered, also when what waits was dropped or applied."""
    early_is_unsent: bool = True
    """Effects of events taken from `early` are marked `unsent`: their offset was committed."""
    heard_is_unsent: bool = True
    """So are those of known events: another process may have committed their offset."""
    actions_are_unsent: bool = True
    """So are those of outsiders' actions: nobody sends these again when their topic is lost."""
    clears_in_part: bool = True
    """Clearing `unsent` filters on its present value; false: clears any value."""
    clears_by_value: bool = True
    """That filter is the value of `unsent` and `sent`; false: the document's version."""
    looks_for_its_cause: bool = True
    """A command looks for its own mark before it is decided, also after a race."""
    guards_by: bool = True
    """Compare-and-set on version and write id; false: on the version alone."""
    majority_writes: bool = True
    """Nothing is sent before a majority has its write."""
    majority_reads: bool = True
    """Events sent from the log were read from a majority."""
    majority_loads: bool = True
    """Documents that decisions rest on were read from a majority."""
    reads_the_collection: bool = True
    """Readers of the log also read the archive."""
    document_first: bool = True
    """And looks into the document first."""
    parked_until_sent: bool = True
    """A parked record is deleted when what its replay caused is acknowledged, not before."""
    drop_counts_as_seen: bool = True
    """Dropping a parked record advances `seen`."""
    parks_before_commit: bool = True
    """A record is parked before its offset is committed."""
    watches_incarnations: bool = True
    """Processes look for recreated topics while they run; false: only when they start."""
    offsets_name_incarnation: bool = True
    """An offset counts only under the incarnation of the topic in which it was committed."""
    loss_is_noticed: bool = True
    """An offset below a topic's first is a loss: the log is sent again, the topic asked for."""
    loss_needs_no_commit: bool = True
    """Also where nothing was committed yet under the topic's present incarnation."""

    def without(self, *names: str) -> Clauses:
        """The protocol less these clauses."""
        return replace(self, **dict.fromkeys(names, False))
