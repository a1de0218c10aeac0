"""A browser without scripts at a running stack: signs in at the development issuer."""

from __future__ import annotations

import httpx


async def open_as(browser: httpx.AsyncClient, address: str, person: str) -> httpx.Response:
    """Open a page as a demo person, who signs in on the way if needed; return the page."""
    answer = await browser.get(address)
    while answer.next_request is not None:
        target = answer.next_request.url
        if target.path.endswith("/authorize"):
            target = target.copy_merge_params({"person": person})
        answer = await browser.get(target)
    return answer
