"""All scenarios, in the order in which they run."""

from clients.bureau.check.scenario import Scenario
from clients.bureau.check.scenarios import (
    changing_keys,
    ending,
    ordering,
    repeating,
    taking_up,
    validity,
)

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        *taking_up.SCENARIOS,
        *ordering.SCENARIOS,
        *repeating.SCENARIOS,
        *ending.SCENARIOS,
        *changing_keys.SCENARIOS,
        *validity.SCENARIOS,
    )
}
