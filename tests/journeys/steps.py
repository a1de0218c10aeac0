"""The steps of one letter's life, as its people take them; a step that doesn't happen fails."""

import httpx

from shared.contracts.topics import PUBLISHED
from tests.journeys.people import Json, People

NAME, PHONE = "陈小禾", "15400010001"
LETTER: Json = {
    "subject": "[手动] 楼下烧烤摊深夜扰民",
    "body": f"我叫{NAME}，电话{PHONE}。楼下烧烤摊每天凌晨两点还在大声喧哗，请管一管。",
    "category": "request",
    "place": {"city": "guangzhou"},
    "consent_to_publish": True,
    "contact": {"phone": PHONE},
}
REPLY = f"{NAME}您好，我们已约谈摊主，今后零点前收摊。如再扰民请致电。"


async def is_submitted_and_routed(people: People) -> str:
    """Chen writes a letter and sees that Guangzhou has it; returns its number."""
    address = f"{people.face('intake')}/v1/letters"
    answer = await people.call("chen", "POST", address=address, key="journey-1", body=LETTER)
    assert answer.status_code == 201, answer.text
    letter: str = answer.json()["letter"]
    again = await people.call("chen", "POST", address=address, key="journey-1", body=LETTER)
    assert again.json()["letter"] == letter
    other = await people.call(
        "chen", "POST", address=address, key="journey-1", body={**LETTER, "lang": "en"}
    )
    assert (other.status_code, other.json()["code"]) == (422, "id_reused")
    foreign = await people.call("huang", "GET", address=f"{address}/{letter}")
    assert foreign.status_code == 404
    routed = await people.until(
        lambda: people.see("chen", f"{address}/{letter}"),
        lambda seen: seen["bureau"],
        what="routed",
    )
    assert (routed["state"], routed["bureau"]) == ("routed", "guangzhou")
    assert routed["reply_due_on"] is not None
    return letter


async def has_a_clock(people: People, letter: str) -> None:
    """The notifier watches the reply's date."""
    address = f"{people.face('notifier')}/v1/clocks?due_before=2100-01-01T00:00:00Z"
    found = await people.until(
        lambda: people.see("supervisor-wu", address),
        lambda seen: letter in str(seen),
        what="its clocks",
    )
    assert "reply" in str(found)


async def is_answered_by_the_bureau(people: People, letter: str) -> None:
    """Guangzhou accepts and answers it; Foshan may not."""
    code, printed = await people.bureau("listen", "--bureau", "guangzhou", "--once")
    assert code == 0, printed
    assert letter in printed
    assert "深夜扰民" in printed
    assert PHONE in printed
    code, printed = await people.bureau("accept", letter, "--bureau", "guangzhou")
    assert code == 0, printed
    code, printed = await people.bureau("accept", letter, "--bureau", "foshan")
    assert code != 0, printed
    code, printed = await people.bureau(
        "reply", letter, "--bureau", "guangzhou", "--text", REPLY, "--outcome", "resolved"
    )
    assert code == 0, printed


async def is_read_and_rated(people: People, letter: str) -> None:
    """Chen, notified by a message, reads the reply and closes the letter."""
    address = f"{people.face('intake')}/v1/letters/{letter}"
    replied = await people.until(
        lambda: people.see("chen", address), lambda seen: seen["reply"], what="the reply"
    )
    assert replied["reply"]["text"] == REPLY
    rating = {"solved": True, "score": 5, "comment": "谢谢"}
    asked = await people.call(
        "chen", "POST", address=f"{address}/rating", key="journey-rate", body=rating
    )
    assert asked.status_code == 202, asked.text
    closed = await people.until(
        lambda: people.see("chen", address), lambda seen: seen["state"] == "closed", what="closed"
    )
    assert [one["status"] for one in closed["requests"]] == ["done"]
    messages = await people.until(
        lambda: told_by_message(people),
        lambda seen: letter in str(seen),
        what="a message to the writer",
    )
    assert REPLY not in str(messages)


async def is_published_after_approval(people: People, letter: str) -> str:
    """One editor proposes, another approves; returns the address of the page."""
    publisher = people.face("publisher")
    draft = f"{publisher}/v1/drafts/{letter}"
    await people.until(
        lambda: people.see("editor-mei", f"{publisher}/v1/drafts"),
        lambda seen: letter in str(seen),
        what="a draft",
    )
    proposed = await people.call(
        "editor-mei", "POST", address=f"{draft}/proposal", key="journey-propose"
    )
    assert proposed.is_success, proposed.text
    alone = await people.call(
        "editor-mei", "POST", address=f"{draft}/approval", key="journey-alone"
    )
    assert alone.status_code == 403, alone.text
    approved = await people.call(
        "editor-zhou", "POST", address=f"{draft}/approval", key="journey-approve"
    )
    assert approved.is_success, approved.text
    listed = await people.read_open(f"{publisher}/public/v1/publications")
    pages = [await people.read_open(f"{publisher}/"), listed]
    publication = httpx.Response(200, text=listed).json()["publications"][0]["publication"]
    page = f"{publisher}/publications/{publication}"
    pages.append(await people.read_open(page))
    assert "〔本人姓名〕" in pages[-1]
    for shown in pages:
        assert not any(trace in shown for trace in (NAME, PHONE, letter))
    return page


async def is_told_of_the_publication(people: People, letter: str) -> Json:
    """All messages, once one of them has announced the publication to the writer."""
    of_it = f"{letter}/{PUBLISHED.name}/"
    return await people.until(
        lambda: told_by_message(people), lambda seen: of_it in str(seen), what="a message about it"
    )


async def told_by_message(people: People) -> Json:
    """The messages that the gateway took."""
    messages = httpx.Response(
        200, text=await people.read_open(f"{people.face('gateway')}/messages")
    )
    return {"messages": messages.json()}
