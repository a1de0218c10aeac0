"""A shell can read `.local/env`, and it holds no secret."""

import os
import subprocess
from pathlib import Path

from clients.bureau.settings import exported
from deploy.local.fakes.people import PEOPLE
from deploy.local.stack.embedded import Embedded
from deploy.local.stack.greeting import SAMPLE, env_lines, greeting
from deploy.local.stack.paths import CHECKOUT, StackPaths
from deploy.local.stack.plan import SERVICES, settings
from deploy.local.stack.ports import Ports

PLACE = StackPaths(Path("/a place/with 'quotes'"))


def test_a_shell_reads_every_address_as_it_was_meant(tmp_path: Path) -> None:
    names = ["intake", "gateway", "broker"]
    env = tmp_path / "env"
    told = settings(PLACE, Ports(), engines=Embedded(PLACE, Ports(), Path("/broker")))
    env.write_text(env_lines(Ports(), told, children=names, pid=4711))
    asked = ["/bin/sh", "-c", f". {env}; env"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env={})
    found = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert found["MAILBOX_INTAKE"] == "http://127.0.0.1:8081"
    assert found["MAILBOX_SUPERVISOR_PID"] == "4711"
    assert found["MAILBOX_KEYS_DIR"] == "/a place/with 'quotes'/keys"
    assert "MAILBOX_ROUTER" not in found
    assert all(f"# {person.sub} " in env.read_text() for person in PEOPLE)
    assert exported(env.read_text())["MAILBOX_INTAKE"] == found["MAILBOX_INTAKE"]


def test_the_greeting_says_how_to_write_the_first_letter() -> None:
    said = greeting(Ports(), ["broker", "issuer", *SERVICES], env=".local/env", pid=os.getpid())
    for word in ("http://127.0.0.1:8081", "chen", ". .local/env", "/v1/letters", "Ctrl-C"):
        assert word in said


def test_the_greeting_says_whether_files_are_scanned() -> None:
    said = greeting(Ports(), ["intake"], env=".local/env", pid=1)
    assert "files are not scanned" in said
    said = greeting(Ports(), ["intake"], env=".local/env", pid=1, scanner="127.0.0.1:3310")
    assert "files are scanned by clamd at 127.0.0.1:3310" in said


def test_the_greeting_names_the_sample_frontend() -> None:
    said = greeting(Ports(), ["sample"], env=".local/env", pid=1)
    assert "http://127.0.0.1:8086" in said
    assert "sample frontend" in said


def test_readme_and_greeting_show_one_letter_whose_key_is_fresh_each_time() -> None:
    sample = SAMPLE.format(env=".local/env")
    assert f"```\n{sample}```\n" in (CHECKOUT / "README.md").read_text("utf-8")
    assert sample in greeting(Ports(), ["intake"], env=".local/env", pid=1)
    assert "Idempotency-Key: letter-$(date +%s)" in sample


def test_the_greeting_offers_no_letter_where_nobody_takes_it_in() -> None:
    assert "/v1/letters" not in greeting(Ports(), ["broker"], env=".local/env", pid=1)
