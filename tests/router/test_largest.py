"""The router can send events about the largest texts, and their reader can decrypt them."""

from typing import Any

from hypothesis import HealthCheck, example, given, settings

from services.router.domain.bureau_view import conversation, conversation_turns
from services.router.domain.letter import Pledge
from services.router.domain.questions import MOST_ADDITIONS
from shared.contracts.bureau_v1 import LetterAssigned
from shared.contracts.envelope import MAX_RECORD
from shared.contracts.progress_v1 import InstructionGiven
from shared.contracts.words import (
    LARGEST_WORDS,
    MAX_BODY,
    MAX_NOTE,
    MAX_REPLY,
    Conversation,
    LetterText,
    Note,
    ReplyText,
    WriterText,
)
from shared.kernel.errors import BadValue
from shared.platform.letters.service_decider import Outgoing
from tests.contracts.largest import FILLS, text_of
from tests.router.story import (
    LETTER,
    NAME,
    accept,
    at,
    for_bureau,
    later,
    letter_of,
    outgoing,
    receive,
    reply,
    route,
)
from tests.router.story import given as given_letter
from tests.router.test_commitments import instruct
from tests.router.test_questions import add
from tests.router.test_reclassification import reclassify
from tests.router.test_routing import back, recall
from tests.router.test_writer_requests import reopen
from tests.support.budget import budget
from tests.support.sealed_shell import read, sealed_record

slow = settings(max_examples=budget(5), database=None, suppress_health_check=[HealthCheck.too_slow])


def send_all(story: Any) -> None:
    """Seal all that the last commands caused, make records of it, and read them."""
    for event in story.caused:
        for out in outgoing(event, story.state):
            assert isinstance(out, Outgoing)
            read(
                sealed_record(
                    out.event, topic=out.topic, letter=LETTER, at=later(9), sequence=2**40
                )
            )


def handed_back(fill: str) -> Any:
    """A long letter in triage with as many additions as it takes, each as long as it may be."""
    words = WriterText(text=text_of(fill, MAX_NOTE), own_spans=())
    additions = (
        add(request_id=f"r-{number}", words=words, at=later(hours=number))
        for number in range(MOST_ADDITIONS)
    )
    letter = LetterText(subject="路灯", body=text_of(fill, MAX_BODY))
    return given_letter().when(receive(words=letter), *additions, back())


@slow
@given(fill=FILLS)
@example(fill='"')
@example(fill='"\t')
@example(fill="\U0001f694")
def test_a_letter_with_a_long_conversation_is_routed(fill: str) -> None:
    story = handed_back(fill).when(route("foshan"))
    send_all(story)
    letter = letter_of(story.state)
    told, turns = conversation(letter), list(conversation_turns(letter))
    assert told is not None
    assert len(told.plaintext()) <= LARGEST_WORDS
    assert told.left_out == len(turns) - len(told.turns)
    assert list(told.turns) == turns[told.left_out :]
    assert told.turns


@slow
@given(fill=FILLS)
@example(fill='"')
@example(fill='"\t')
@example(fill="\U0001f694")
def test_a_reply_is_refused_or_can_be_sent(fill: str) -> None:
    largest = ReplyText(text=text_of(fill, MAX_REPLY, most_bytes=LARGEST_WORDS - 20))
    promise = Pledge(later(30).date(), Note(text=text_of(fill, MAX_NOTE)))
    assert is_taken(largest, ())
    is_taken(largest, (promise,) * 10)
    is_taken(ReplyText(text=text_of(fill, MAX_REPLY, most_bytes=MAX_RECORD)), (promise,))


def is_taken(words: ReplyText, promises: tuple[Pledge, ...]) -> bool:
    """Whether the reply was taken; then all that it causes can be sent."""
    try:
        story = at("handling").when(reply(words=words, commitments=promises))
    except BadValue:
        return False
    send_all(story)
    return True


def named(most: int) -> str:
    """A text that marks for the writer's name would make longer than it may be."""
    return f"{NAME}，" + "字" * (most - len(NAME) - 1)


def taken_over(*reclassified: Any) -> Any:
    """Foshan takes a letter over whose reply and instruction are as long as they may be."""
    return given_letter().when(
        *(receive(), accept(), instruct(words=Note(text=named(MAX_NOTE)))),
        reply(words=ReplyText(text=named(MAX_REPLY)), at=later(3)),
        *(reopen(at=later(3)), recall(at=later(3)), *reclassified, route("foshan", at=later(3))),
    )


def test_marks_make_no_text_longer_than_it_may_be() -> None:
    story = taken_over(reclassify(at=later(3)))
    send_all(story)
    assigned, instruction = for_bureau(story.caused[0], story.state)
    assert isinstance(assigned, LetterAssigned)
    assert isinstance(instruction, InstructionGiven)
    assert isinstance(assigned.earlier, Conversation)
    texts = [turn.text for turn in assigned.earlier.turns if turn.who == "bureau"]
    assert isinstance(instruction.words, Note)
    for text, most in ((texts[-1], MAX_REPLY), (instruction.words.text, MAX_NOTE)):
        assert text.startswith("〔本人姓名〕")
        assert (len(text), text[-1]) == (most, "…")
        assert NAME not in text
    Note.from_plaintext(instruction.words.plaintext())
