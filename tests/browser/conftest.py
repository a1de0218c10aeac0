"""What browser tests share: one browser for all tests of a process."""

from tests.support.browser import browser

__all__ = ["browser"]
