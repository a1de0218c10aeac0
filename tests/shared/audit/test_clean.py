"""An audit of honest services finds nothing, and waits and looks as it should."""

from tests.shared.audit.town import town


async def test_what_honest_services_keep_is_clean() -> None:
    tally = await town().audit().run()
    shown = [one for line in tally.lines.values() for one in line.shown]
    assert not shown
    assert tally.letters == 10
