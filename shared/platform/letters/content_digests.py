"""Digests of the last events applied, so that other content under a known id is noticed.

A letter keeps the digests of the last 16 numbers of each topic. They cover everything but what may
be erased (words, identity, files), so that an erased event that is sent again still fits.
"""

from __future__ import annotations

from hashlib import sha256
from typing import get_args

from shared.contracts.erasing import erased
from shared.contracts.vocabulary import Erasable
from shared.platform.letters.service_decider import Record
from shared.platform.letters.stored_letter import mark_in_documents

REMEMBERED = 16
"""Numbers of each topic for each letter."""
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
"""Digits of a digest could be taken for a phone number by the audit."""
_HEADERS = ("ce_type", "ce_time", "ce_cause")


def place_of(record: Record) -> str:
    """Under what the digest stands in the document: topic mark, and number modulo 16."""
    mark = mark_in_documents(record.raw.topic)
    return f"{mark}:{(record.envelope.sequence or 0) % REMEMBERED}"


def numbered_digest(record: Record) -> str:
    """The event's number and 64 bits of the digest of its content, in letters."""
    headers = dict(record.raw.headers)
    value = erased(record.raw.value, record.envelope.type, what=get_args(Erasable))
    content = b"\0".join([*(headers.get(name, b"") for name in _HEADERS), value])
    digest = sha256(content).hexdigest()[:16].translate(_LETTERS)
    return f"{record.envelope.sequence}:{digest}"


def is_other(record: Record, known: str | None) -> bool:
    """Whether the record has other content than `known`, the entry at its place, if that is of it.

    An entry of another number says nothing.
    """
    if known is None or known.partition(":")[0] != str(record.envelope.sequence):
        return False
    return known != numbered_digest(record)
