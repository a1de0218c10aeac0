"""The record in the bureaus' guide is exactly one that the router sends."""

import json
import re
from pathlib import Path
from typing import Any

from shared.contracts.actions_v1 import Return
from shared.contracts.submitted_v1 import AdditionSubmitted
from shared.contracts.topics import SUBMITTED, letters_of
from shared.contracts.words import COMPACT_JWE, LetterText, WriterText
from shared.platform.kafka.bus import Outbound
from tests.router.office import Office
from tests.router.story import LETTER, receive
from tests.router.test_actions import act

GUIDE = Path(__file__).parents[2] / "docs" / "bureau-guide.md"
TOPIC = letters_of("foshan").name
WORDS = LetterText(subject="装红绿灯", body="想问一下，佛山大道路口什么时候装红绿灯？")
MORE = WriterText(text="今天有人差点被撞。", own_spans=())


async def test_the_record_in_the_guide_is_as_the_router_sends_it(desk: Office) -> None:
    """A letter that another bureau had before: the guide's record must be changed with ours."""
    await desk.receive(told=receive("guangzhou", category="inquiry", words=WORDS))
    addition = AdditionSubmitted(request_id="r-1", words=MORE)
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, addition)
    await desk.act(act(Return, reason="other_place", suggestion="foshan"))
    assert (await desk.route(LETTER, "foshan")).is_success
    (record,) = desk.shelf.bus.records(TOPIC)
    (told,) = re.findall(r"```text\n(bureau\.foshan.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert told == shown(record)


def shown(record: Outbound) -> str:
    """The record, one header and one member a line; of a ciphertext its beginning."""
    headers = "".join(f"{name}: {value.decode()}\n" for name, value in record.headers)
    members = json.loads(record.value)
    body = ",\n".join(f'  "{name}": {_value(value)}' for name, value in members.items())
    return f"{record.topic}\nkey: {record.key.decode()}\n{headers}{{\n{body}\n}}\n"


def _value(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"    {_value(one)}" for one in value) + "\n  ]"
    return json.dumps(_shortened(value), ensure_ascii=False)


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_shortened(one) for one in value]
    is_sealed = isinstance(value, str) and re.match(COMPACT_JWE, value)
    return f"{value[:8]}…" if is_sealed else value
