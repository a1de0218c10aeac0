"""What each role does all day, on the running stack: signed in at the issuer, by mouse and keys."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.running import Desk, RunningDesks, running_desks
from tests.support.browser import axe_findings

pytestmark = [
    pytest.mark.browser,
    pytest.mark.real,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]
CHIEF = "example-guangzhou-chief"
REPLY = "您好，路灯线路已于今日修复，如再熄灭请拨打区养护电话。"
LOOKS = [("zh-CN", True), ("en", False)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desks(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningDesks]:
    async with running_desks(browser, tmp_path_factory.mktemp("stack")) as opened:
        yield opened


async def check(desk: Desk) -> None:
    """Nothing was wrong with the pages of this tab."""
    assert desk.tab.faults == []


async def sent(desks: RunningDesks, **letter: Any) -> str:
    """The number of a letter that a citizen has sent."""
    answer = await desks.write(**letter)
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["letter"]
    return number


async def at_handler(desks: RunningDesks, subject: str, **letter: Any) -> str:
    """A letter that Guangzhou has accepted."""
    number = await sent(desks, subject=subject, place={"city": "guangzhou"}, **letter)
    async with desks.tab("handler-gz") as desk:
        await desk.open("/desk/inbox")
        await desk.until("/desk/inbox", lambda: desk.shows(subject))
        await desk.page.goto(f"/desk/letters/{number}/accept")
        await desk.send()
        await desk.page.wait_for_url("**?done=accept")
    return number


async def route_it(desk: Desk, number: str, bureau: str) -> None:
    """The clerk routes a letter that waits."""
    path = f"/desk/triage?letter={number}"
    await desk.open(path)
    form = f'form[action="/desk/triage/{number}/route"]'
    await desk.until(path, lambda: desk.page.locator(form).is_visible())
    await desk.page.locator(f"{form} select[name=other]").select_option(bureau)
    await desk.press(f"{form} button")
    await desk.page.wait_for_url("**/desk/triage**")


@pytest.mark.parametrize(("lang", "has_scripts"), LOOKS)
async def test_a_letter_goes_from_triage_to_signature(
    desks: RunningDesks, lang: str, has_scripts: bool
) -> None:
    """Clerk, handler and chief; once in English without scripts."""
    look: dict[str, Any] = {"lang": lang, "has_scripts": has_scripts}
    subject = f"反映窗口态度 {lang}"
    number = await sent(desks, subject=subject, category="complaint", who="chen")
    async with desks.tab("triage-lin", **look) as clerk:
        await route_it(clerk, number, "guangzhou")
        assert await clerk.page.locator('form[action="/desk/triage/undo"]').count() == 1
        await check(clerk)
    async with desks.tab("handler-gz", **look) as handler:
        await handler.open("/desk/inbox")
        await handler.until("/desk/inbox", lambda: handler.shows(subject))
        await handler.press(f'main a[href^="/desk/letters/{number}"]')
        await handler.press(f'a[href="/desk/letters/{number}/accept"]')
        await handler.send()
        await handler.press(f'a[href="/desk/letters/{number}/reply"]')
        await handler.page.locator('input[name=outcome][value="explained"]').check()
        await handler.page.locator("textarea[name=text]").fill(REPLY)
        await handler.send("check")
        assert await handler.shows(REPLY)
        await handler.send()
        await handler.page.wait_for_url(f"**/desk/letters/{number}?**")
        await check(handler)
    async with desks.tab(CHIEF, **look) as chief:
        await chief.open("/desk/signing")
        await chief.until("/desk/signing", lambda: chief.shows(subject))
        await chief.press(f'main a[href="/desk/signing/{number}"]')
        assert await chief.shows(REPLY)
        await chief.press('a[href*="/sign?draft="]')
        await chief.press(f'form[action="/desk/signing/{number}/sign"] button:not([type])')
        await chief.page.wait_for_url("**/desk/signing**done=signed**")
        await check(chief)
    answer = await desks.people.see("chen", f"{desks.face('intake')}/v1/letters/{number}")
    assert answer["letter"] == number


async def test_a_clerk_routes_by_keyboard_alone(desks: RunningDesks) -> None:
    number = await sent(desks, subject="键盘分派", category="request")
    async with desks.tab("triage-lin") as clerk:
        await clerk.open(f"/desk/triage?letter={number}")
        form = f'form[action="/desk/triage/{number}/route"]'
        path = f"/desk/triage?letter={number}"
        await clerk.until(path, lambda: clerk.page.locator(form).is_visible())
        await clerk.tab_to(f"{form} select[name=other]")
        await clerk.page.locator(f"{form} select[name=other]").press("End")
        await clerk.tab_to(f"{form} button")
        await clerk.page.keyboard.press("Enter")
        await clerk.page.wait_for_url("**/desk/triage")
        await clerk.tab_to('form[action="/desk/triage/undo"] button')
        await clerk.page.keyboard.press("Enter")
        await clerk.page.wait_for_url("**done=undone**")
        await check(clerk)


async def test_a_second_press_does_it_once(desks: RunningDesks) -> None:
    """Without scripts, where no guard holds the button back."""
    number = await at_handler(desks, "红绿灯不亮，两次")
    async with desks.tab("handler-gz", has_scripts=False) as handler:
        await handler.open(f"/desk/letters/{number}/note")
        await handler.page.locator("textarea").fill("已联系养护单位。")
        await handler.send("check")
        await handler.page.locator('main button[value="send"]').dblclick()
        # The second press ends the navigation of the first, which a wait for an address would fail.
        await expect(handler.page).to_have_url(re.compile(r"\?done=note$"), timeout=30_000)
        assert (await handler.page.content()).count("已联系养护单位。") == 1
        await check(handler)


async def test_back_leads_to_a_page_that_says_what_is_so_now(desks: RunningDesks) -> None:
    number = await sent(desks, subject="红绿灯不亮，返回", place={"city": "guangzhou"})
    async with desks.tab("handler-gz") as handler:
        await handler.open("/desk/inbox")
        await handler.until("/desk/inbox", lambda: handler.shows("返回"))
        await handler.page.goto(f"/desk/letters/{number}/accept")
        await handler.send()
        await handler.page.wait_for_url("**?done=accept")
        await handler.page.go_back()
        assert handler.page.url.endswith("/accept")
        assert await handler.page.locator('main button[value="send"]').count() == 0
        await check(handler)


async def test_text_is_not_lost_when_the_session_ends_while_writing(desks: RunningDesks) -> None:
    """The person signs out at another service, which ends the session here, too."""
    number = await at_handler(desks, "红绿灯不亮，会话")
    async with desks.tab("handler-gz", has_scripts=False) as handler:
        await handler.open(f"/desk/letters/{number}/note")
        await handler.page.locator("textarea").fill("写了一半的办理意见。")
        other = await handler.page.context.new_page()
        await other.goto(f"{desks.face('intake')}/duty")
        await other.locator('form[action="/sign-out"] button').click()
        await other.locator("main a.button, main form button").first.click()
        await other.wait_for_url("**/sign-out**")
        await other.close()
        await handler.send("check")
        assert "/sign-in/again" in handler.page.url
        await handler.press("main a.button, main form button")
        await handler.sign_in()
        await handler.page.wait_for_url(f"**/desk/letters/{number}/note**")
        assert await handler.page.locator("textarea").input_value() == "写了一半的办理意见。"
        await check(handler)


async def test_a_supervisor_finds_and_supervises_a_letter(desks: RunningDesks) -> None:
    number = await at_handler(desks, "红绿灯不亮，督办")
    async with desks.tab("supervisor-wu", lang="en") as supervisor:
        await supervisor.open("/desk/supervision/letters?holder=guangzhou")
        path = "/desk/supervision/letters?holder=guangzhou"
        await supervisor.until(path, lambda: supervisor.shows(number))
        await supervisor.press(f'main a[href^="/desk/letters/{number}"]')
        await supervisor.press(f'a[href="/desk/letters/{number}/supervise"]')
        await supervisor.send()
        await supervisor.page.wait_for_url("**?done=supervise")
        assert await axe_findings(supervisor.page) == []
        await check(supervisor)


async def test_an_auditor_sees_who_did_what(desks: RunningDesks) -> None:
    async with desks.tab("auditor-he", lang="en") as auditor:
        await auditor.open("/desk/audit")
        assert await auditor.page.locator("h1").count() == 1
        assert await axe_findings(auditor.page) == []
        await check(auditor)


async def test_the_duty_desk_sees_and_resolves(desks: RunningDesks) -> None:
    answer = await desks.write(
        subject="救命", body="有人拿刀在砍人，就在楼下，快来救命！", place={"city": "guangzhou"}
    )
    assert answer.status_code == 422, answer.text
    number = answer.json()["diversion"]
    async with desks.tab("duty-luo", service="intake") as duty:
        await duty.open("/duty?refresh=off")
        await duty.press(f'form[action="/duty/{number}/seen"] button')
        await duty.page.wait_for_url("**?done=seen")
        await duty.page.locator('input[value="handed_to_110"]').check()
        await duty.press(f'form[action="/duty/{number}/resolve"] button')
        assert await duty.page.locator("#reference-error").is_visible()
        assert await duty.page.locator('input[value="handed_to_110"]').is_checked()
        await duty.page.locator("input[name=reference]").fill("JQ-7")
        await duty.press(f'form[action="/duty/{number}/resolve"] button')
        await duty.page.wait_for_url("**?done=resolved")
        assert await duty.shows("JQ-7")
        await check(duty)


async def test_a_role_is_not_let_in_elsewhere(desks: RunningDesks) -> None:
    async with desks.tab("handler-gz") as handler:
        await handler.open("/desk/triage")
        answer = await handler.page.goto("/desk/supervision")
        assert answer is not None
        assert answer.status == 403
        await check(handler)
