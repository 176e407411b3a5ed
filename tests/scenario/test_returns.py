"""Returns in a scenario: what they mean, what they need, and what is refused."""

import pytest

from fulfillsim.scenario import load_scenario
from fulfillsim.scenario.checks import check_settings

BACK = {"share": "10 %", "delay": "3 days", "time": {"per_order": "2 min", "per_unit": "30s"}, "as_new": "80 %"}


def test_a_share_a_delay_and_a_desk_make_returns(small):
    changes = {"returns": BACK, "staff.pickers.skills.returns": 3, "warm_up": "7 days"}
    scenario = small(changes)
    found = scenario.world().returns
    assert (found.share, found.delay.mean, found.as_new_prob, found.collected_prob) == (0.1, 3 * 86_400.0, 0.8, 0.0)
    assert (found.desk.name, found.desk.time.per_order_s, found.desk.time.per_unit_s) == ("returns", 120.0, 30.0)
    assert not [each for each in check_settings(scenario.settings) if "returns" in each.path]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"returns": BACK}, "returns: is the station returns, which nobody can serve"),
        ({"returns": {**BACK, "collected": "10 %"}}, "returns.collected: needs own vans"),
        ({"returns": BACK, "delivery": None}, "returns: comes from what is delivered, and nothing is"),
        ({"returns": {**BACK, "share": "110 %"}}, "returns.share: must be between 0 and 1"),
        ({"returns": {"share": "1 %"}}, "returns.delay: is missing"),
    ],
)
def test_returns_that_cannot_be_are_refused(faults, changes, rule):
    told = faults(changes)
    assert any(rule in line for line in told), told


def test_a_delay_longer_than_the_warm_up_is_told_and_stops_nobody(small):
    late = small({"returns": {**BACK, "delay": "9 days"}, "staff.pickers.skills.returns": 3, "warm_up": "7 days"})
    found = [each for each in check_settings(late.settings) if each.path == ("returns", "delay")]
    assert [(each.is_warning, each.hint) for each in found] == [(True, "warm_up: 19 days")]


def test_a_solver_that_cannot_plan_pickups_is_named():
    changes = {"returns": {**BACK, "collected": 1}, "staff.warehouse.skills.returns": 4}
    vans = {"delivery.fleet.solver": "ortools_plain", "delivery.fleet.vans.sprinter.reloads": True}
    with pytest.raises(Exception, match="ortools_plain cannot plan pickups together with reloads"):
        load_scenario("own_fleet").vary({**changes, **vans})
