"""Which version of the notice a letter's consent may point to."""

from datetime import date

from shared.kernel.errors import Refused
from shared.kernel.notices import Notices


class NoticeNotCurrent(Refused):
    """The letter names a notice that is unknown or no longer holds: show `current`, and send again.

    The text is at `/v1/notices/{version}`.
    """

    status = 422
    code = "notice_not_current"

    def __init__(self, current: str = "1") -> None:
        """`current`: the version that holds."""
        super().__init__()
        self.members = {"current": current}


def check_notice(notices: Notices, version: str, *, today: date) -> None:
    """Raises: NoticeNotCurrent."""
    if not notices.is_current(version, today):
        raise NoticeNotCurrent(notices.on(today).version)
