"""Which actions does the command know for answers and promises? One row for each."""

from collections.abc import Mapping
from typing import get_args

from clients.bureau import asking
from clients.bureau._cli import arguments
from clients.bureau._cli.verbs.verb import Asked, Parser, Verb
from shared.contracts.event import Action
from shared.contracts.vocabulary import (
    ClockName,
    DeclineReason,
    ExtensionReason,
    Finding,
    Outcome,
    WhereToTurn,
)
from shared.contracts.words import MAX_REPLY

_SIGNED_BY = "who has signed it in your own system, if your bureau signs for itself"


def _add_decline(command: Parser) -> None:
    command.add_argument("--reason", choices=get_args(DeclineReason), required=True)
    command.add_argument("--where-to-turn", choices=get_args(WhereToTurn), metavar="WHERE")
    command.add_argument("--signed-by", type=arguments.opaque, help=_SIGNED_BY)
    arguments.add_text(command, "what the writer is told", most=MAX_REPLY)


def _decline(asked: Asked, assignment: int, made: asking.Made) -> Action:
    why = asking.Refusal(
        decline_reason=asked.reason, where_to_turn=asked.where_to_turn, signed_by=asked.signed_by
    )
    return asking.refusal(assignment, arguments.text_of(asked), why=why, **made)


def _add_extension(command: Parser) -> None:
    command.add_argument("--days", type=arguments.ordinal, required=True)
    command.add_argument("--reason", choices=get_args(ExtensionReason), required=True)
    command.add_argument(
        "--clock", choices=get_args(ClockName), metavar="CLOCK", default="reply",
        help="reply (the default), reopened_reply, petition or disclosure",
    )  # fmt: skip
    arguments.add_text(command, "why, for whoever decides", is_needed=False)


def _extension(asked: Asked, assignment: int, made: asking.Made) -> Action:
    return asking.more_time(
        assignment,
        clock=asked.clock,
        days=asked.days,
        reason=asked.reason,
        text=arguments.optional_text(asked),
        **made,
    )


def _add_reply(command: Parser) -> None:
    arguments.add_text(command, "the reply", most=MAX_REPLY)
    command.add_argument("--outcome", choices=get_args(Outcome), required=True)
    command.add_argument("--finding", choices=get_args(Finding), help="with unfounded, malicious")
    command.add_argument("--referred-to", choices=get_args(WhereToTurn), metavar="WHERE")
    command.add_argument("--publish", action="store_true", help="propose it for publication")
    command.add_argument("--signed-by", type=arguments.opaque, help=_SIGNED_BY)
    command.add_argument(
        "--commitment", nargs=2, action="append", metavar=("DATE", "FILE"), default=[],
        help="a promise, until that day: a file with its words; may be given up to ten times",
    )  # fmt: skip


def _reply(asked: Asked, assignment: int, made: asking.Made) -> Action:
    text = arguments.text_of(asked)
    promised = tuple(
        asking.promise(arguments.day(due_on), arguments.read_text(file))
        for due_on, file in asked.commitment
    )
    return asking.detailed(
        asking.answer(assignment, text, outcome=asked.outcome, **made),
        finding=asked.finding,
        referred_to=asked.referred_to,
        commitments=promised,
        publication_proposed=asked.publish,
        signed_by=asked.signed_by,
    )


def _add_instruction(command: Parser) -> None:
    command.add_argument("--instruction", type=arguments.ordinal, required=True, help="its number")
    arguments.add_text(command, "the answer")


def _instruction(asked: Asked, assignment: int, made: asking.Made) -> Action:
    text = arguments.text_of(asked)
    return asking.answer_to_instruction(assignment, text, instruction=asked.instruction, **made)


def _add_fulfil(command: Parser) -> None:
    command.add_argument("--commitment", type=arguments.ordinal, required=True, help="its number")
    arguments.add_text(command, "what shows it")


def _fulfil(asked: Asked, assignment: int, made: asking.Made) -> Action:
    text = arguments.text_of(asked)
    return asking.keeping(assignment, text, commitment=asked.commitment, **made)


VERBS: Mapping[str, Verb] = {
    "decline": Verb("不予受理 · refuse a letter by law", _decline, _add_decline),
    "ask": Verb(
        "向写信人提问 · ask the writer, twice at most",
        lambda asked, on, made: asking.question(on, arguments.text_of(asked), **made),
        lambda command: arguments.add_text(command, "the question"),
    ),
    "request-extension": Verb("申请延期 · ask for more time", _extension, _add_extension),
    "reply": Verb("答复 · answer a letter", _reply, _add_reply),
    "answer-instruction": Verb(
        "回复批示 · answer a chief's instruction", _instruction, _add_instruction
    ),
    "fulfil": Verb("兑现承诺 · say that a promise is kept", _fulfil, _add_fulfil),
    "propose-publication": Verb(
        "建议公开 · propose that everyone can read it",
        lambda _, on, made: asking.publication(on, **made),
    ),
}
