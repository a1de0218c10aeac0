"""Detection of floods of letters and diversions. Nothing is held up; a flood becomes a group.

Counts are kept in memory of this process alone, under a key drawn at start. Each replica sees its
share of a flood.
"""

import logging
import secrets
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

from services.intake import metrics
from services.intake.api.client_network import network
from services.intake.domain import Command
from services.intake.domain.diversion import DivertedContent
from services.intake.domain.sliding_window import RecentTexts, SlidingWindow
from services.intake.domain.submission import SubmitLetter
from shared.contracts.words import LetterText
from shared.platform.crypto.word_hash import WordHash
from shared.rules.pii import mask
from shared.rules.similarity import simhash
from shared.rules.text.search_grams import grams

KeptT = TypeVar("KeptT")

LOG = logging.getLogger(__name__)

MOST_ALIKE: Final = 20
MOST_FROM_ONE: Final = 60
MOST_EMERGENCIES: Final = 5
"""Default counts that make a flood."""
TEXTS_WITHIN: Final = timedelta(hours=1)
NETWORK_WITHIN: Final = timedelta(minutes=10)
EMERGENCIES_WITHIN: Final = timedelta(minutes=10)
COMPARED: Final = 160
"""Characters at the beginning of a text that are compared."""
MOST_KNOWN: Final = 20_000
"""Submissions and groups that are remembered at most."""


class FloodDetector:
    """Counts what this process has seen recently."""

    def __init__(
        self,
        *,
        texts: int = MOST_ALIKE,
        letters: int = MOST_FROM_ONE,
        emergencies: int = MOST_EMERGENCIES,
    ) -> None:
        """The counts that make a flood.

        `texts`: near-duplicates in an hour; `letters`: from one network in ten minutes;
        `emergencies`: diversions of one writer in ten minutes.
        """
        self._hash = WordHash("floods", secrets.token_bytes(32))
        self._texts = SlidingWindow(most=texts, within=TEXTS_WITHIN)
        self._recent = RecentTexts()
        self._networks = SlidingWindow(most=letters, within=NETWORK_WITHIN)
        self._emergencies = SlidingWindow(most=emergencies, within=EMERGENCIES_WITHIN)
        self._counted: OrderedDict[str, str | None] = OrderedDict()
        self._groups: OrderedDict[str, str] = OrderedDict()
        self._reported: OrderedDict[str, datetime] = OrderedDict()

    def grouped(self, command: Command, *, key: str) -> Command:
        """The command, with the name of its group if its letter is one of a flood.

        `key`: its idempotency key; a repeated submission is counted once.
        """
        if not isinstance(command, SubmitLetter):
            return command
        if key not in self._counted:
            letter = command.letter
            _keep(self._counted, key, self._campaign(letter.words, letter.received_at))
            self._notice_network(letter.received_at)
        if (campaign := self._counted[key]) is None:
            return command
        return replace(command, letter=command.letter.model_copy(update={"campaign": campaign}))

    def count_diversion(self, writer: str, content: DivertedContent, *, at: datetime) -> None:
        """Count a diversion: by its writer (a keyed hash), by its words and by its network."""
        if self._emergencies.add(writer, at):
            self._report("emergencies", writer, at, within=EMERGENCIES_WITHIN)
        if content.words is not None:
            self._campaign(content.words, at)
        self._notice_network(at)

    def _campaign(self, words: object, at: datetime) -> str | None:
        """The group of near-duplicates that the words belong to, if there is one."""
        if not isinstance(words, LetterText):
            return None
        keys = self._keys(words)
        flooded = [key for key in keys if self._texts.add(key, at)]
        if not flooded:
            return None
        known = (self._groups[key] for key in keys if key in self._groups)
        group = next(known, None) or f"c-{secrets.token_hex(6)}"
        for key in flooded:
            _keep(self._groups, key, group)
        self._report("text", group, at, within=TEXTS_WITHIN)
        return group

    def _notice_network(self, at: datetime) -> None:
        here = network()
        if here is not None and self._networks.add(here, at):
            self._report("network", here, at, within=NETWORK_WITHIN)

    def _keys(self, words: LetterText) -> tuple[str, ...]:
        """A keyed hash of the whole text, and fingerprints that near-duplicates share."""
        beginning = mask(words.body, words.own_spans)[:COMPARED]
        whole = self._hash.text(f"{words.subject}\n{words.body}")
        fingerprint = simhash(self._hash.of(grams(beginning)))
        near = [] if fingerprint is None else self._recent.near(fingerprint)
        return whole, *(f"{one:016x}" for one in near)

    def _report(
        self,
        kind: Literal["text", "network", "emergencies"],
        group: str,
        at: datetime,
        *,
        within: timedelta,
    ) -> None:
        """Count each letter of a flood, and log each flood once."""
        metrics.FLOOD_LETTERS.labels(kind).inc()
        last = self._reported.get(group)
        if last is None or at - last > within:
            _keep(self._reported, group, at)
            metrics.FLOODS.labels(kind).inc()
            name = group if kind == "text" else None
            LOG.warning("a flood of letters", extra={"kind": kind, "group": name})


def _keep(known: OrderedDict[str, KeptT], key: str, value: KeptT) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > MOST_KNOWN:
        known.popitem(last=False)
