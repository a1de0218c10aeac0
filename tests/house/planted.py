"""For each rule: files that break it, the expected findings, and files that it must accept."""

from dataclasses import dataclass

from tests.house import anatomy, excuses, names, prose, purity, secrecy, sizes
from tests.house.rules import Rule

ROUTER = "services/router"
LATER = "TO" + "DO"
HOST = "pypi" + ".org"
HOME = "/ho" + "me/someone/mailbox"


@dataclass(frozen=True)
class Plant:
    """A file that breaks one rule, and how the rule's finding begins."""

    rule: Rule
    path: str
    text: str
    seen: str


def _lines(count: int) -> str:
    return "\n".join(f"    a = {number}" for number in range(count)) + "\n"


def _many(size: int) -> str:
    return "".join(f"def f{number}():\n{_lines(size - 1)}" for number in range(12))


ROOM = f"{ROUTER}/domain.py"
API = f"{ROUTER}/api.py"
HANDLERS = f"{ROUTER}/handlers.py"

BROKEN = (
    Plant(anatomy.the_four_services, ROOM, "", "services/intake:1: missing service"),
    Plant(anatomy.the_four_services, "services/billing/api.py", "", "services/billing:1: not one"),
    Plant(anatomy.the_same_rooms, ROOM, "", f"{API}:1: missing room"),
    Plant(anatomy.the_same_rooms, ROOM, "", f"{ROUTER}/__main__.py:1: missing room"),
    Plant(anatomy.the_same_rooms, f"{ROUTER}/tasks.py", "", f"{ROUTER}/tasks:1: not a room"),
    Plant(anatomy.shared_rooms, "shared/tools/a.py", "", "shared/tools:1: not a room of shared/"),
    Plant(anatomy.crossing_points, HANDLERS, '"""Heard."""\n', f"{HANDLERS}:1: does not define"),
    Plant(anatomy.crossing_points, HANDLERS, "\nHANDLERS = {A: hear}\n", f"{HANDLERS}:2: hear"),
    Plant(anatomy.crossing_points, f"{ROUTER}/__main__.py", "\n" * 21, f"{ROUTER}/__main__.py:21"),
    Plant(anatomy.house_words, "shared/kernel/text_utils.py", "", "shared/kernel/text_utils.py:1:"),
    Plant(anatomy.house_words, "tools/base/a.py", "", "tools/base/a.py:1: module named 'base'"),
    Plant(anatomy.house_words, ROOM, "\nclass LetterFactory: ...\n", f"{ROOM}:2: LetterFactory"),
    Plant(anatomy.house_words, ROOM, "def run_processor(): ...\n", f"{ROOM}:1: run_processor"),
    Plant(names.unique_class_names, ROOM, "class A: ...\nclass A: ...\n", f"{ROOM}:2: A is a"),
    Plant(sizes.module_sizes, ROOM, "\n" * 401, f"{ROOM}:401: 401 lines"),
    Plant(sizes.function_sizes, ROOM, f"\ndef f():\n{_lines(60)}", f"{ROOM}:2: f: 61 lines"),
    Plant(sizes.function_sizes, ROOM, _many(9), "services:1: median function 9"),
    Plant(sizes.function_sizes, ROOM, _many(26), "services:1: p90 of its functions is 26"),
    Plant(sizes.arguments, ROOM, "def f(a, b, *, c, d, e, g, h): ...\n", f"{ROOM}:1: f: 7"),
    Plant(sizes.arguments, ROOM, "def f(a, b, c): ...\n", f"{ROOM}:1: f: keyword-only"),
    Plant(
        sizes.arguments,
        ROOM,
        "class A:\n    def f(self, a, b, c): ...\n",
        f"{ROOM}:2: f: keyword-only",
    ),
    Plant(prose.docstrings, ROOM, "A = 1\n", f"{ROOM}:1: no docstring"),
    Plant(prose.docstrings, f"{ROUTER}/__init__.py", "", f"{ROUTER}/__init__.py:1: no docstring"),
    Plant(prose.docstrings, ROOM, '"""The law."""\nclass A: ...\n', f"{ROOM}:2: A: no docstring"),
    Plant(
        prose.docstrings,
        ROOM,
        '"""The law."""\nclass _A:\n    pass\ndef f():\n    pass\n',
        f"{ROOM}:4: f: no docstring",
    ),
    Plant(prose.docstrings, ROOM, '"""the law"""\n', f"{ROOM}:1: the docstring's first line"),
    Plant(
        prose.docstrings,
        ROOM,
        '"""The law."""\ndef routed_letters():\n    """Returns the routed letter."""\n',
        f"{ROOM}:2: routed_letters: the docstring only restates",
    ),
    Plant(prose.nothing_left_for_later, "Makefile", f"\n# {LATER}: later\n", "Makefile:2: left"),
    Plant(purity.pure_imports, ROOM, "\nimport random\n", f"{ROOM}:2: imports random"),
    Plant(
        purity.pure_imports, "shared/kernel/a.py", "from time import time\n", "shared/kernel/a.py:1"
    ),
    Plant(purity.pure_imports, "shared/rules/a.py", "import pathlib\n", "shared/rules/a.py:1"),
    Plant(
        purity.pure_imports,
        "shared/contracts/a.py",
        "from uuid import UUID, uuid4\n",
        "shared/contracts/a.py:1: imports uuid.uuid4",
    ),
    Plant(
        purity.pure_calls,
        f"{ROUTER}/domain/letter.py",
        "import datetime as d\nat = d.datetime.now()\n",
        f"{ROUTER}/domain/letter.py:2: .now",
    ),
    Plant(
        purity.pure_calls,
        ROOM,
        "from datetime import date as Day\nfield(default_factory=Day.today)\n",
        f"{ROOM}:2: .today",
    ),
    Plant(purity.pure_calls, ROOM, "import uuid\nuuid.uuid4()\n", f"{ROOM}:2: .uuid4"),
    Plant(purity.pure_calls, ROOM, "print(1)\n", f"{ROOM}:1: print()"),
    Plant(
        purity.nothing_sends,
        HANDLERS,
        "from shared.platform.kafka.bus import Bus\n",
        f"{HANDLERS}:1: imports shared.platform.kafka.bus.Bus",
    ),
    Plant(purity.nothing_sends, API, "def f(a, producer): ...\n", f"{API}:1: producer"),
    Plant(purity.nothing_sends, API, "\nasync def f(bus): await bus.send(1)\n", f"{API}:2: send()"),
    Plant(secrecy.constant_log_messages, API, 'log.info(f"{a}")\n', f"{API}:1: log message"),
    Plant(secrecy.constant_log_messages, API, 'log.info("a %s", a)\n', f"{API}:1: log message"),
    Plant(secrecy.constant_log_messages, API, 'log.info("a" + a)\n', f"{API}:1: log message"),
    Plant(
        secrecy.constant_log_messages,
        API,
        'logging.getLogger("a").warning("{}".format(a))\n',
        f"{API}:1: log message",
    ),
    Plant(
        secrecy.constant_log_messages,
        API,
        "self._log.log(INFO, message)\n",
        f"{API}:1: log message",
    ),
    Plant(
        secrecy.no_words_in_logs,
        API,
        'log.info("a", extra={"phone": 1})\n',
        f"{API}:1: logs 'phone'",
    ),
    Plant(
        secrecy.no_words_in_logs,
        API,
        'log.info("a", extra={"n": a.body})\n',
        f"{API}:1: logs 'body'",
    ),
    Plant(
        secrecy.no_words_in_logs,
        API,
        'with bound(letter=1, x=person.id_number):\n    log.info("a")\n',
        f"{API}:1: logs 'id_number'",
    ),
    Plant(
        secrecy.known_fields,
        API,
        'log.info("a", extra={"letter": 1, "colour": 2})\n',
        f"{API}:1: logs 'colour'",
    ),
    Plant(
        secrecy.no_errors_in_logs,
        API,
        'try:\n    a()\nexcept A as e:\n    log.info("a", extra={"why": str(e)})\n',
        f"{API}:4: logs the text of 'e'",
    ),
    Plant(secrecy.no_place_names, "Makefile", f"\nA = {HOME}\n", "Makefile:2: path of a machine"),
    Plant(secrecy.no_place_names, "a.lock", f"a @ https://{HOST}/a\n", "a.lock:1: host of a reg"),
    Plant(excuses.excuses, ROOM, "a = 1  # noqa\n", f"{ROOM}:1: noqa without"),
    Plant(excuses.excuses, ROOM, "a = 1  # noqa: S101\n", f"{ROOM}:1: noqa without"),
    Plant(excuses.excuses, ROOM, "a = 1  # type: ignore\n", f"{ROOM}:1: type: ignore without"),
    Plant(excuses.excuses, ROOM, "a = 1  # type: ignore[misc]\n", f"{ROOM}:1: type: ignore with"),
    Plant(excuses.excuses, ROOM, "\n# ruff: noqa\n", f"{ROOM}:2: excuses a whole file"),
    Plant(
        excuses.nothing_swallowed,
        API,
        "try:\n    a()\nexcept Exception:\n    pass\n",
        f"{API}:3: swallows every error",
    ),
    Plant(
        excuses.nothing_swallowed, API, "try:\n    a()\nexcept:\n    ...\n", f"{API}:3: swallows"
    ),
    Plant(
        excuses.nothing_swallowed, API, "with suppress(Exception):\n    a()\n", f"{API}:1: swallows"
    ),
    Plant(excuses.no_foreign_lock, "uv.lock", "", "uv.lock:1: lock file"),
    Plant(
        excuses.explained_libraries,
        "pyproject.toml",
        '[project]\ndependencies = ["left-pad>=1"]\n',
        "pyproject.toml:2: left-pad is explained in no decision",
    ),
)

HARMLESS = (
    (anatomy.crossing_points, HANDLERS, "HANDLERS = {A: on_a}\ndef answer(): ...\n"),
    (anatomy.house_words, "shared/platform/mongo/database.py", "class Baseline: ...\n"),
    (sizes.module_sizes, ROOM, "\n" * 400),
    (sizes.function_sizes, ROOM, _many(8)),
    (sizes.arguments, API, '@router.put("/")\nasync def f(a, b, c, d): ...\n'),
    (sizes.arguments, API, "async def f(scope, receive, send): ...\n"),
    (sizes.arguments, ROOM, "class A:\n    def f(self, a, b, *, c): ...\n"),
    (prose.docstrings, ROOM, '"""The law.\n\nPure."""\ndef f():\n    """What `f` asks."""\n'),
    (purity.pure_imports, ROOM, "import datetime\nfrom uuid import UUID\n"),
    (purity.pure_calls, ROOM, "at = command.now\nday = calendar.today()\n"),
    (purity.nothing_sends, f"{ROUTER}/jobs.py", "async def f(bus): await bus.send(1)\n"),
    (secrecy.constant_log_messages, API, 'log.info("routed", extra={"bureau": a})\n'),
    (secrecy.no_words_in_logs, API, 'log.info("a", extra={"letter": event.subject})\n'),
    (secrecy.known_fields, API, 'log.error("a", exc_info=fault, extra={"holder": one})\n'),
    (
        secrecy.no_errors_in_logs,
        API,
        'try:\n    a()\nexcept A as e:\n    log.info("a", extra={"why": type(e).__name__})\n',
    ),
    (secrecy.no_place_names, "README.md", "See services/router/jobs/firing.py and ~/work/a.\n"),
    (excuses.excuses, ROOM, "a = 1  # type: ignore[misc]  # upstream forgot to annotate it\n"),
    (excuses.excuses, ROOM, "a = 1  # noqa: S101 - narrows the type for mypy\n"),
    (excuses.nothing_swallowed, API, "try:\n    a()\nexcept KeyError:\n    pass\n"),
)
