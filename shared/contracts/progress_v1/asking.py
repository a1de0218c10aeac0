"""Events of the router about questions to writers. Topic: `letters.progress`.

Owner: services.router.
"""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from shared.contracts.event import Fact, Readers, read_by
from shared.contracts.fields import Day, Flag
from shared.contracts.values import Attachment
from shared.contracts.words import Note, Words, WriterText

Question: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=2)]
"""1 for the first question about a letter, 2 for the second; there is no third."""
Attachments: TypeAlias = Annotated[tuple[Attachment, ...], Field(max_length=20)]


class WriterAsked(Fact):
    """The bureau asks the writer for information; the reply's clock is paused."""

    type: ClassVar[str] = "gd.mailbox.writer.asked.v1"
    sealed: ClassVar[Readers] = read_by(words=("intake", "router"))

    question: Question
    answer_by: Day
    """The writer may answer until 24:00 of this day in Asia/Shanghai."""
    words: Words[Note] = None


class WriterAnswered(Fact):
    """The writer has answered the question, and the reply's clock resumes."""

    type: ClassVar[str] = "gd.mailbox.writer.answered.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    question: Question
    attachments: Attachments = ()
    words: Words[WriterText] = None


class QuestionLapsed(Fact):
    """The writer has not answered in time, and the reply's clock resumes."""

    type: ClassVar[str] = "gd.mailbox.question.lapsed.v1"

    question: Question


class LetterAddedTo(Fact):
    """The writer has sent an addition: unasked, or too late for a question."""

    type: ClassVar[str] = "gd.mailbox.letter.added_to.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    late: Flag
    """Whether it arrived after the letter's answer, or after the time for answering a question."""
    attachments: Attachments = ()
    words: Words[WriterText] = None
