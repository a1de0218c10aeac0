"""Which actions does the command know for the work on a letter? One row for each."""

from collections.abc import Mapping
from typing import get_args

from clients.bureau import asking
from clients.bureau._cli import arguments
from clients.bureau._cli.verbs.verb import Asked, Parser, Verb
from shared.contracts.event import Action
from shared.contracts.vocabulary import LinkKind, PoliceType, ReturnReason


def _add_return(command: Parser) -> None:
    command.add_argument("--reason", choices=get_args(ReturnReason), required=True)
    command.add_argument(
        "--suggestion", type=arguments.bureau, metavar="SLUG", help="whose it is, if you know"
    )
    arguments.add_text(command, "a note for the province's desk", is_needed=False)


def _return(asked: Asked, assignment: int, made: asking.Made) -> Action:
    return asking.handing_back(
        assignment,
        reason=asked.reason,
        suggestion=asked.suggestion,
        text=arguments.optional_text(asked),
        **made,
    )


def _add_pass_on(command: Parser) -> None:
    _add_unit(command)
    command.add_argument(
        "--police-type", choices=get_args(PoliceType), metavar="TYPE", required=True,
        help=", ".join(get_args(PoliceType)),
    )  # fmt: skip


def _pass_on(asked: Asked, assignment: int, made: asking.Made) -> Action:
    return asking.passing_on(assignment, unit=asked.unit, police_type=asked.police_type, **made)


def _add_unit(command: Parser) -> None:
    command.add_argument(
        "--unit", type=arguments.code, required=True, help="a code of your own, such as a.traffic"
    )


def _add_link(command: Parser) -> None:
    command.add_argument("--kind", choices=get_args(LinkKind), required=True)
    command.add_argument(
        "--with", dest="with_", type=arguments.opaque, metavar="NUMBER", required=True,
        help="the other letter's number, or the campaign's code",
    )  # fmt: skip


def _add_resend(command: Parser) -> None:
    command.add_argument(
        "--from", dest="from_", type=arguments.ordinal, metavar="N",
        help="from that number on; default: all",
    )  # fmt: skip
    command.add_argument("--snapshot", action="store_true", help="how the letter stands now")


VERBS: Mapping[str, Verb] = {
    "accept": Verb("受理 · take a letter up", lambda _, on, made: asking.acceptance(on, **made)),
    "return": Verb("退回 · hand a letter back that isn't yours", _return, _add_return),
    "pass-on": Verb("交办 · give a letter to a unit", _pass_on, _add_pass_on),
    "unit-accept": Verb(
        "单位签收 · take it up in the unit",
        lambda asked, on, made: asking.unit_acceptance(on, unit=asked.unit, **made),
        _add_unit,
    ),
    "note": Verb(
        "内部备注 · note something for yourselves",
        lambda asked, on, made: asking.note(on, arguments.text_of(asked), **made),
        lambda command: arguments.add_text(command, "the note"),
    ),
    "link": Verb(
        "关联信件 · say that it belongs with another",
        lambda asked, on, made: asking.link(on, kind=asked.kind, with_=asked.with_, **made),
        _add_link,
    ),
    "resend": Verb(
        "请求重发 · ask to be told again of a letter",
        lambda asked, on, made: asking.resend_request(
            on, from_sequence=asked.from_, snapshot=asked.snapshot, **made
        ),
        _add_resend,
    ),
}
