"""Every action of a bureau, one row each: subcommand, method, fields and their options.

All methods raise a ValueError without the words when a value is invalid, and what `ask` raises:
NoAnswer, Unreachable, NoKey.
"""

# The rows have no bodies, since `@action` gives them one.
# mypy: disable-error-code="empty-body"

import argparse
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any, NotRequired, TypeAlias, TypedDict, TypeVar, Unpack, cast, get_args

from clients.bureau._cli import arguments
from clients.bureau._cli.options import Option, option, promises, text
from clients.bureau.action_records import Made, draft
from clients.bureau.outcomes import Outcome
from shared.contracts import actions_v1 as v1
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.values import Promise
from shared.contracts.vocabulary import (
    ClockName,
    DeclineReason,
    ExtensionReason,
    Finding,
    LinkKind,
    PoliceType,
    ReturnReason,
    WhereToTurn,
)
from shared.contracts.vocabulary import Outcome as ReplyOutcome
from shared.contracts.words import MAX_REPLY

Method: TypeAlias = Callable[..., Coroutine[Any, Any, Outcome]]
MethodT = TypeVar("MethodT", bound=Method)


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action: what the command line and the methods make of it."""

    kind: type[Action]
    summary: str
    options: tuple[Option, ...]

    def make(self, asked: argparse.Namespace, assignment: int, *, made: Made) -> Action:
        """The action that the command line asks for, without an id.

        Raises: ValidationError, BadWords, OSError.
        """
        fields = {each.field: each.read(asked) for each in self.options}
        return draft(self.kind, assignment, **fields, **made)


ACTION_ROWS: dict[str, ActionRow] = {}
"""Every action by its subcommand, in the order in which they usually occur."""

UNIT = option(
    "--unit", type=arguments.code, required=True, help="a code of your own, such as a.traffic"
)
SIGNED_BY = option(
    "--signed-by",
    type=arguments.opaque,
    help="who has signed it in your own system, if your bureau signs for itself",
)


class DeclineFields(TypedDict):
    """Why a letter is declined, and where its writer may turn."""

    decline_reason: DeclineReason
    where_to_turn: NotRequired[WhereToTurn | None]
    signed_by: NotRequired[str | None]


class ReplyFields(TypedDict, total=False):
    """The fields that only some replies need."""

    finding: Finding | None
    referred_to: WhereToTurn | None
    commitments: tuple[Promise, ...]
    publication_proposed: bool
    signed_by: str | None
    """Who has signed it in the bureau's own system, where that counts."""


class ActionSender(ABC):
    """Sends actions and waits for their outcome."""

    @abstractmethod
    async def ask(self, letter: str, action: Action, *, anew: bool = False) -> Outcome:
        """Send the action until it is answered."""

    @abstractmethod
    def made(self) -> Made:
        """Time and staff of an action that is made now."""


def action(
    subcommand: str, kind: type[Action], *options: Option, summary: str
) -> Callable[[MethodT], MethodT]:
    """Enter a row into `ACTION_ROWS`, and give its method the body that sends the action."""
    ACTION_ROWS[subcommand] = ActionRow(kind, summary, options)

    def method_of(row: MethodT) -> MethodT:
        signature = inspect.signature(row)

        @wraps(row)
        async def send(*args: Any, **given: Any) -> Outcome:
            bound = signature.bind(*args, **given)
            bound.apply_defaults()
            sender, letter, assignment = bound.args
            made = draft(kind, assignment, **bound.kwargs, **sender.made())
            return await cast("ActionSender", sender).ask(letter, made)

        return cast("MethodT", send)

    return method_of


class BureauActions(ActionSender):
    """Every action of a bureau, on a letter and the number of its present assignment."""

    @action("accept", v1.Accept, summary="受理 · take a letter up")
    async def accept(self, letter: str, assignment: int) -> Outcome:
        """Accept the letter."""

    @action(
        "return",
        v1.Return,
        option("--reason", choices=get_args(ReturnReason), required=True),
        option(
            "--suggestion", type=arguments.bureau, metavar="SLUG", help="whose it is, if you know"
        ),
        text("a note for the province's desk", is_needed=False),
        summary="退回 · hand a letter back that isn't yours",
    )
    async def return_letter(
        self,
        letter: str,
        assignment: int,
        *,
        reason: ReturnReason,
        suggestion: Bureau | None = None,
        text: str | None = None,
    ) -> Outcome:
        """Return the letter before accepting it; `suggestion`: the bureau that it belongs to."""

    @action(
        "decline",
        v1.Decline,
        option("--reason", field="decline_reason", choices=get_args(DeclineReason), required=True),
        option("--where-to-turn", choices=get_args(WhereToTurn), metavar="WHERE"),
        SIGNED_BY,
        text("what the writer is told", most=MAX_REPLY),
        summary="不予受理 · refuse a letter by law",
    )
    async def decline(
        self, letter: str, assignment: int, *, text: str, **why: Unpack[DeclineFields]
    ) -> Outcome:
        """Decline the letter before accepting it; a chief must sign."""

    @action(
        "pass-on",
        v1.PassOn,
        UNIT,
        option(
            "--police-type", choices=get_args(PoliceType), metavar="TYPE", required=True,
            help=", ".join(get_args(PoliceType)),
        ),
        summary="交办 · give a letter to a unit",
    )  # fmt: skip
    async def pass_on(
        self, letter: str, assignment: int, *, unit: str, police_type: PoliceType
    ) -> Outcome:
        """Pass the letter on to a unit."""

    @action("unit-accept", v1.UnitAccept, UNIT, summary="单位签收 · take it up in the unit")
    async def unit_accept(self, letter: str, assignment: int, *, unit: str) -> Outcome:
        """Accept the letter in that unit."""

    @action("note", v1.Note, text("the note"), summary="内部备注 · note something for yourselves")
    async def note(self, letter: str, assignment: int, *, text: str) -> Outcome:
        """Add an internal note; the writer never sees it."""

    @action(
        "ask", v1.Ask, text("the question"), summary="向写信人提问 · ask the writer, twice at most"
    )
    async def ask_writer(self, letter: str, assignment: int, *, text: str) -> Outcome:
        """Ask the writer a question, at most twice; the reply clock pauses until the answer."""

    @action(
        "request-extension",
        v1.RequestExtension,
        option("--days", type=arguments.ordinal, required=True),
        option("--reason", choices=get_args(ExtensionReason), required=True),
        option(
            "--clock", choices=get_args(ClockName), metavar="CLOCK", default="reply",
            help="reply (the default), reopened_reply, petition or disclosure",
        ),
        text("why, for whoever decides", is_needed=False),
        summary="申请延期 · ask for more time",
    )  # fmt: skip
    async def request_extension(
        self,
        letter: str,
        assignment: int,
        *,
        days: int,
        reason: ExtensionReason,
        clock: ClockName = "reply",
        text: str | None = None,
    ) -> Outcome:
        """Request more days on that clock; a chief or supervisor decides."""

    @action(
        "reply",
        v1.Reply,
        text("the reply", most=MAX_REPLY),
        option("--outcome", choices=get_args(ReplyOutcome), required=True),
        option("--finding", choices=get_args(Finding), help="with unfounded, malicious"),
        option("--referred-to", choices=get_args(WhereToTurn), metavar="WHERE"),
        option(
            "--publish", field="publication_proposed", action="store_true",
            help="propose it for publication",
        ),
        SIGNED_BY,
        promises("--commitment"),
        summary="答复 · answer a letter",
    )  # fmt: skip
    async def reply(
        self,
        letter: str,
        assignment: int,
        *,
        text: str,
        outcome: ReplyOutcome,
        **details: Unpack[ReplyFields],
    ) -> Outcome:
        """Reply to the letter."""

    @action(
        "answer-instruction",
        v1.AnswerInstruction,
        option("--instruction", type=arguments.ordinal, required=True, help="its number"),
        text("the answer"),
        summary="回复批示 · answer a chief's instruction",
    )
    async def answer_instruction(
        self, letter: str, assignment: int, *, instruction: int, text: str
    ) -> Outcome:
        """Answer a chief's instruction."""

    @action(
        "fulfil",
        v1.Fulfil,
        option("--commitment", type=arguments.ordinal, required=True, help="its number"),
        text("what shows it"),
        summary="兑现承诺 · say that a promise is kept",
    )
    async def fulfil(self, letter: str, assignment: int, *, commitment: int, text: str) -> Outcome:
        """Report a fulfilled commitment with its evidence; also after the letter is closed."""

    @action(
        "link",
        v1.Link,
        option("--kind", choices=get_args(LinkKind), required=True),
        option(
            "--with", field="with_", type=arguments.opaque, metavar="NUMBER", required=True,
            help="the other letter's number, or the campaign's code",
        ),
        summary="关联信件 · say that it belongs with another",
    )  # fmt: skip
    async def link(self, letter: str, assignment: int, *, kind: LinkKind, with_: str) -> Outcome:
        """Link the letter to the same one by another number, or to a campaign."""

    @action(
        "propose-publication",
        v1.ProposePublication,
        summary="建议公开 · propose that everyone can read it",
    )
    async def propose_publication(self, letter: str, assignment: int) -> Outcome:
        """Propose the letter and its reply for publication."""

    @action(
        "resend",
        v1.RequestResend,
        option(
            "--from", field="from_sequence", type=arguments.ordinal, metavar="N",
            help="from that number on; default: all",
        ),
        option("--snapshot", action="store_true", help="how the letter stands now"),
        summary="请求重发 · ask to be told again of a letter",
    )  # fmt: skip
    async def request_resend(
        self,
        letter: str,
        assignment: int,
        *,
        from_sequence: int | None = None,
        snapshot: bool = False,
    ) -> Outcome:
        """Request events again: from that number on, or a snapshot of the letter, else all.

        They arrive through `letters()`.
        """
