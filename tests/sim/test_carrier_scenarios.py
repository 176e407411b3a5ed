"""The shipped scenarios of carriers: they run, their figures fit together, and the optimum beats the rules."""

import numpy as np
import pytest

from fulfillsim.kpi import check_conservation
from fulfillsim.kpi.carriers import commitment_cost, cost_parts, parcel_shares
from fulfillsim.kpi.cost import carrier_cost, lateness_cost
from fulfillsim.kpi.facts import Facts
from fulfillsim.scenario import load_scenario
from fulfillsim.sim import run
from fulfillsim.tape import draw_tape


@pytest.fixture(scope="module")
def facts():
    """Three days of carrier_mix by policy."""
    mix = load_scenario("carrier_mix").vary({"days": 3, "warm_up": "1 days"})
    found = {}
    for method in ("cheapest", "cheapest_on_promise", "optimal"):
        world = mix.vary({"delivery.assignment.method": method}).world()
        trace = run(world, draw_tape(world, 1, 0))
        found[method] = Facts(world, trace)
    return found


def test_no_order_or_parcel_is_lost_and_parts_of_the_cost_sum_to_the_whole(facts):
    for each in facts.values():
        check_conservation(each.world, each.trace, each)
        assert sum(cost_parts(each).values()) == pytest.approx(carrier_cost(each))
        assert sum(parcel_shares(each).values()) == pytest.approx(1.0)
        parcels = each.trace.columns("parcels")
        assert np.isfinite(parcels["cost"]).all() and (parcels["billed_kg"] >= parcels["weight_kg"] - 1e-9).all()


def test_the_optimum_costs_less_than_the_rules(facts):
    def cost(each):
        return carrier_cost(each) + lateness_cost(each) + commitment_cost(each)

    assert cost(facts["optimal"]) < min(cost(facts["cheapest"]), cost(facts["cheapest_on_promise"]))


def test_customers_and_their_parcels_are_the_same_whoever_decides(facts):
    rows = [
        sorted(zip(p["order"].tolist(), p["carton"].tolist(), p["weight_kg"].tolist(), strict=True))
        for p in (each.trace.columns("parcels") for each in facts.values())
    ]
    shared = set(rows[0]) & set(rows[1]) & set(rows[2])
    assert len(shared) > 0.9 * max(map(len, rows))  # the rest had not left when the clock stopped


def test_no_truck_and_no_day_takes_more_than_it_may(facts):
    for each in facts.values():
        world, pickups = each.world, each.trace.columns("pickups")
        for index, carrier in enumerate(world.delivery.carriers):
            mine = pickups["carrier"] == index
            room = {d.time_s: np.inf if d.capacity is None else d.capacity for d in carrier.departures}
            taken = dict(zip(pickups["time_s"][mine].tolist(), pickups["n_taken"][mine].tolist(), strict=True))
            assert all(n <= room[time_s] for time_s, n in taken.items())
            if carrier.daily_capacity is not None:
                per_day: dict[int, float] = {}
                for time_s, n in taken.items():
                    day = world.days.of(time_s)
                    per_day[day] = per_day.get(day, 0.0) + n
                assert all(n <= carrier.daily_capacity[day] for day, n in per_day.items())
    assert max(n for n in taken.values()) > 0


@pytest.mark.slow
def test_the_peak_passes_and_its_days_have_their_orders():
    peak = load_scenario("peak_week").vary({"start": "2026-11-25", "days": 4, "warm_up": "1 days"})
    world = peak.world()
    trace = run(world, draw_tape(world, 1, 0))
    check_conservation(world, trace)
    day = np.searchsorted(world.days.midnight_s, trace.tape.placed_s, side="right") - 1
    n = np.bincount(day)
    assert n[3] > 2.0 * n[1]  # Friday against Wednesday
    parcels = trace.columns("parcels")
    assert (parcels["cost"] > 0).all()
