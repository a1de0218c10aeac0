"""Documents to be printed: complete in themselves, so that any frontend can show what it fetched.

Their styles are inside, allowed by their hash under a policy that allows nothing else.
"""

import base64
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from shared.web.language import Lang, display_of
from shared.web.rendering import VARIES, Site

SHEET: Final = Path(__file__).parent / "static" / "mailbox.css"
POLICY: Final = (
    "default-src 'none'; style-src 'sha256-{}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def printed(
    request: Request, name: str, *, lang: Lang | None = None, **values: Any
) -> HTMLResponse:
    """Render the template `<name>.html` with our styles and those of `<name>.css`.

    `lang`: instead of the request's language.
    """
    site: Site = request.app.state.site
    shown = lang or display_of(request).lang
    environment = site.environments[shown]
    own = environment.get_template(f"{name}.css").render()
    style = f"{SHEET.read_text(encoding='utf-8')}\n{own}"
    inside = {"lang": shown, "style": style}
    text = environment.get_template(f"{name}.html").render(inside | values)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    headers = {
        "content-language": shown,
        "vary": VARIES,
        "content-security-policy": POLICY.format(digest),
    }
    return HTMLResponse(text, headers=headers)
