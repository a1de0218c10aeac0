"""The greeting of a started stack, and the content of `.local/env`."""

import shlex
from collections.abc import Iterable, Mapping

from deploy.local.fakes.people import PEOPLE, DemoPerson, chief_of
from deploy.local.stack.plan import url
from deploy.local.stack.ports import Ports
from shared.contracts.slugs import BUREAUS

FACES = ("intake", "router", "notifier", "publisher", "gateway", "bureaus", "sample")
SHOWN = (
    "ENV", "CITIZEN_ISSUER", "STAFF_ISSUER", "KAFKA_BOOTSTRAP", "KAFKA_IDEMPOTENT",
    "KAFKA_SECURITY", "KAFKA_CA_FILE", "KAFKA_PASSWORDS_DIR", "MONGO_URI", "KEYS_DIR",
)  # fmt: skip
PID_LINE = "export MAILBOX_SUPERVISOR_PID="

SIGN_INS = "开发用登录 · development sign-ins, in a browser without a password; for curl:"
TOKENS = (
    "curl -s $MAILBOX_STAFF_ISSUER/token/<name>      工作人员 staff",
    "curl -s $MAILBOX_CITIZEN_ISSUER/token/<name>    群众 citizens",
)
PAGES = (
    ("intake", "/", "chen", "写信、查信 write letters, follow them"),
    ("router", "/desk/inbox", "handler-gz", "承办收件箱 handlers' inbox"),
    ("router", "/desk/triage", "triage-lin", "分拣台 triage desk"),
    ("router", "/desk/signing", "chief-gz", "待签发 signing folder"),
    ("router", "/desk/reading", "director-tang", "领导阅信 chief's reading list"),
    ("router", "/desk/supervision", "supervisor-wu", "督办 supervision"),
    ("router", "/desk/audit", "auditor-he", "审计 audit"),
    ("intake", "/duty", "duty-luo", "值班台 duty desk"),
    ("intake", "/counter", "counter-gz", "来访来电登记 letters of visitors and callers"),
    ("intake", "/look-up", "supervisor-wu", "按人查信 letters of a person"),
    (
        "publisher",
        "/editors",
        "editor-mei",
        "公开编辑台（换 editor-zhou 复核） editors, two of them",
    ),
    ("publisher", "/", "-", "公开阅览室 public reading room"),
    ("publisher", "/figures/daily", "-", "每日公开数字 daily public figures"),
)
"""Service, path, who signs in (`-`: nobody has to), and what it is."""
_CHIEFS = {chief_of(bureau) for bureau in BUREAUS}
_EACH_CHIEF = (DemoPerson("example-<slug>-chief", "各局领导 the chief of each bureau"),)

UNSCANNED = (
    "附件不做病毒扫描 · files are not scanned; MAILBOX_INTAKE_SCANNER=host:port names a clamd"
)
SCANNED = "附件由 clamd 扫描 · files are scanned by clamd at {scanner}"
_WHAT = {
    "intake": "写信 letters come in",
    "router": "分拣转办 triage and routing",
    "notifier": "期限与通知 deadlines and messages",
    "publisher": "公开选登 published letters",
    "bureaus": "模拟的各地公安局 simulated bureaus (health)",
    "issuer": "开发用登录 development sign-in",
    "sample": "示例前端：写信、传照片 sample frontend: write a letter with a photo",
    "gateway": "发给写信人和工作人员的消息 messages to writers and staff",
    "broker": "Kafka",
    "database": "MongoDB",
}

SAMPLE = """\
. {env}
curl -s -X POST "$MAILBOX_INTAKE/v1/letters" \\
  -H "Authorization: Bearer $(curl -s "$MAILBOX_CITIZEN_ISSUER/token/chen")" \\
  -H "Idempotency-Key: letter-$(date +%s)" -H "Content-Type: application/json" \\
  -d '{{"subject":"[手动] 红绿灯不亮","body":"村口的红绿灯坏了三个月，车开得很快。",
       "category":"request","place":{{"city":"guangzhou"}},"consent_to_publish":true}}'
"""
"""A first letter; README shows the same."""


def env_lines(
    ports: Ports, settings: Mapping[str, str], *, children: Iterable[str], pid: int
) -> str:
    """Return `.local/env`: addresses, and where keys and passwords are.

    The file is stale when no process has the pid on its first line.
    """
    names = set(children)
    faces = {f"MAILBOX_{name.upper()}": url(ports.named()[name]) for name in FACES if name in names}
    shown = [f"MAILBOX_{name}" for name in SHOWN]
    found = {name: settings[name] for name in shown if name in settings}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in (faces | found).items()]
    signing_in = ["", *(f"# {line}" for line in (SIGN_INS, *TOKENS, *_people(PEOPLE)))]
    return "\n".join([f"{PID_LINE}{pid}", *lines, *signing_in, ""])


def greeting(
    ports: Ports, children: Iterable[str], *, env: str, pid: int, scanner: str = "none"
) -> str:
    """Return the few lines that a person needs first, in Chinese and English.

    `scanner`: what scans the files of writers, as intake's setting.
    """
    names = list(children)
    addresses = [f"  {_address(ports, name):<26} {_WHAT[name]}" for name in names if name in _WHAT]
    others = [person for person in PEOPLE if person.sub not in _CHIEFS]
    lines = [
        "",
        f"厅长信箱已就绪 · The Director's Mailbox is ready (pid {pid})",
        "",
        *addresses,
        "",
        "指标 metrics: 各服务 each service's /metrics; docs/metrics.md, deploy/prometheus",
        "",
        *_pages(ports, set(names)),
        SIGN_INS,
        *(f"  {line}" for line in TOKENS),
        *(f"  {line}" for line in _people([*others, *_EACH_CHIEF])),
        "",
    ]
    if "intake" in names:
        scanned = UNSCANNED if scanner == "none" else SCANNED.format(scanner=scanner)
        sample = [
            scanned,
            "",
            "在另一个终端试试 · try it in another terminal:",
            SAMPLE.format(env=shlex.quote(env)).rstrip(),
        ]
        lines += [
            *sample,
            "",
            "  make demo DEMO_FLAGS=--here    看信件走完全程 · watch letters go all the way",
            "",
        ]
    return "\n".join([*lines, "按 Ctrl-C 停止 · Ctrl-C stops everything.", ""])


def _pages(ports: Ports, names: set[str]) -> list[str]:
    """Return the pages of running services, and who signs in to each."""
    shown = [
        f"  {url(ports.named()[service])}{path:<18} {person:<14} {what}"
        for service, path, person, what in PAGES
        if service in names
    ]
    return (
        ["打开哪一页、选哪位 · pages to open, and the person to choose at the sign-in:", *shown, ""]
        if shown
        else []
    )


def _people(people: Iterable[DemoPerson]) -> list[str]:
    return [f"{person.sub:<24} {person.says}" for person in people]


def _address(ports: Ports, name: str) -> str:
    numbers = ports.named()
    if name in {"broker", "database"}:
        return f"127.0.0.1:{numbers['kafka' if name == 'broker' else 'mongo']}"
    return url(numbers[name])
