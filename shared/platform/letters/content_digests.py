"""Digests of the last applied events, which detect different content under a known id.

A letter keeps the digests of the last 16 sequences of each topic. They cover everything except what
may be erased (words, identity, files), so that an erased event matches when it is sent again.
"""

from hashlib import sha256
from typing import get_args

from shared.contracts.erasing import erased
from shared.contracts.vocabulary import Erasable
from shared.platform.letters.service_decider import Record
from shared.platform.letters.stored_letter import mark_in_documents

REMEMBERED = 16
"""Sequences remembered per letter and topic."""
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
"""Spells digits as letters, because the audit could take digits for a phone number."""
_HEADERS = ("ce_type", "ce_time", "ce_cause")


def place_of(record: Record) -> str:
    """The digest's key in the document: topic mark, and sequence modulo 16."""
    mark = mark_in_documents(record.raw.topic)
    return f"{mark}:{(record.envelope.sequence or 0) % REMEMBERED}"


def numbered_digest(record: Record) -> str:
    """The event's sequence and 64 bits of its content's SHA-256, spelt in letters."""
    headers = dict(record.raw.headers)
    value = erased(record.raw.value, record.envelope.type, what=get_args(Erasable))
    content = b"\0".join([*(headers.get(name, b"") for name in _HEADERS), value])
    digest = sha256(content).hexdigest()[:16].translate(_LETTERS)
    return f"{record.envelope.sequence}:{digest}"


def is_other(record: Record, known: str | None) -> bool:
    """Whether the record's content differs from `known`, the entry at its place in the document.

    False if the entry belongs to another sequence.
    """
    if known is None or known.partition(":")[0] != str(record.envelope.sequence):
        return False
    return known != numbered_digest(record)
