"""The law of clocks and messages: what is proposed when, and what a writer is told. Pure."""

from services.notifier.domain.commands import (
    Command,
    ContactKept,
    DeliveryChanged,
    DeliveryQueued,
    FireClocks,
    Happening,
    HearProgress,
    KeepContact,
    NoteDelivered,
    Outcome,
    PostponeDelivery,
    ProgressHeard,
    RefuseDelivery,
)
from services.notifier.domain.decisions import decide
from services.notifier.domain.folding import evolve
from services.notifier.domain.letter import Delivery, DueLevel, Letter, RunningClock, due_levels
from services.notifier.domain.messages import MESSAGES, TEXTS, Channel, Message, text_of

__all__ = [
    "MESSAGES",
    "TEXTS",
    "Channel",
    "Command",
    "ContactKept",
    "Delivery",
    "DeliveryChanged",
    "DeliveryQueued",
    "DueLevel",
    "FireClocks",
    "Happening",
    "HearProgress",
    "KeepContact",
    "Letter",
    "Message",
    "NoteDelivered",
    "Outcome",
    "PostponeDelivery",
    "ProgressHeard",
    "RefuseDelivery",
    "RunningClock",
    "decide",
    "due_levels",
    "evolve",
    "text_of",
]
