"""`resend` in the local stack, run in each service that writes the topics concerned."""

from argparse import Namespace
from collections.abc import Iterator, Mapping

from deploy.local.operate import operate
from deploy.local.stack.plan import SERVICES
from shared.contracts.topics import BY_NAME, letters_of
from shared.platform.app.resends_command import BadSelection, check


def resend(asked: Namespace, *, environment: Mapping[str, str]) -> int:
    """Run the command in each service; return 0 when one had something to do and none failed.

    Raises: Senseless, NotRunning, BadPorts.
    """
    words = ["resend", *_words(asked)]
    codes = []
    for service in services_for(asked):
        print(f"— {service}", flush=True)
        codes.append(operate(service, words, environment=environment))
    return 1 if 1 in codes else min(codes)


def services_for(asked: Namespace) -> tuple[str, ...]:
    """Return the services that write the topics concerned. Raises: Senseless."""
    check(asked)
    writers = set(SERVICES)
    if asked.topic:
        writers &= set(BY_NAME[asked.topic].writers)
    if asked.bureau:
        writers &= set(letters_of(asked.bureau).writers)
    if not writers:
        raise BadSelection("没有服务写这个主题 · no service of ours writes that topic")
    return tuple(service for service in SERVICES if service in writers)


def _words(asked: Namespace) -> Iterator[str]:
    for name in ("letter", "topic", "bureau", "run"):
        if (value := getattr(asked, name)) is not None:
            yield f"--{name}={value}"
    if asked.since is not None:
        yield f"--since={asked.since.isoformat()}"
    if asked.snapshot:
        yield "--snapshot"
