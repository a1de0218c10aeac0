"""The law of clocks and messages: what is proposed when, and who is told what. Pure."""

from services.notifier.domain.commands import (
    CallNextLevel,
    ClocksHeard,
    Command,
    ContactKept,
    DeliveryChanged,
    DeliveryQueued,
    FireClocks,
    GiveUpDelivery,
    Happening,
    HearOther,
    HearProgress,
    HoldDelivery,
    KeepContact,
    LevelTold,
    NoteDelivered,
    Outcome,
    PostponeDelivery,
    ProgressHeard,
    RefuseDelivery,
)
from services.notifier.domain.decide import decide
from services.notifier.domain.deliveries import Channel, Delivery, Desk, Details, Message
from services.notifier.domain.evolve import evolve
from services.notifier.domain.letter import OURS, DueLevel, Letter, RunningClock, due_levels
from services.notifier.domain.messages import TEXTS, text_of
from services.notifier.domain.notification_policy import Book, QuietHours
from services.notifier.domain.partition_ownership import Holds, sharing
from services.notifier.domain.untold import UNTOLD
from services.notifier.domain.writer_messages import TOLD

__all__ = [
    "OURS",
    "TEXTS",
    "TOLD",
    "UNTOLD",
    "Book",
    "CallNextLevel",
    "Channel",
    "ClocksHeard",
    "Command",
    "ContactKept",
    "Delivery",
    "DeliveryChanged",
    "DeliveryQueued",
    "Desk",
    "Details",
    "DueLevel",
    "FireClocks",
    "GiveUpDelivery",
    "Happening",
    "HearOther",
    "HearProgress",
    "HoldDelivery",
    "Holds",
    "KeepContact",
    "Letter",
    "LevelTold",
    "Message",
    "NoteDelivered",
    "Outcome",
    "PostponeDelivery",
    "ProgressHeard",
    "QuietHours",
    "RefuseDelivery",
    "RunningClock",
    "decide",
    "due_levels",
    "evolve",
    "sharing",
    "text_of",
]
