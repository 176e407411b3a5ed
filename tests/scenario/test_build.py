"""From settings to the world: days, duties, departures, cutoffs, rates, goods, stock."""

from dataclasses import fields, is_dataclass
from statistics import NormalDist

import numpy as np
import pytest

from fulfillsim.domain.slots import NO_LIMIT
from fulfillsim.errors import ScenarioError
from fulfillsim.scenario import scenario_from

H, DAY = 3600.0, 86_400.0
WEB = "demand.channels.web"


def same(a: object, b: object) -> bool:
    """Whether two worlds hold the same, arrays included."""
    if is_dataclass(a) and type(a) is type(b):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and np.array_equal(a, b)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def turned(value: object) -> object:
    return {k: turned(v) for k, v in reversed(value.items())} if isinstance(value, dict) else value


def test_permuted_keys_give_an_equal_world(small):
    scenario = small({"services": {"fast": {"share": 0.3}, "standard": {"share": 0.7}}})
    again = scenario_from(turned(scenario.resolved()))
    assert same(scenario.world(), again.world())
    assert not same(scenario.world(), small().world())


def test_the_days_of_the_clock_changes_have_23_and_25_hours(small):
    spring = small({"start": "2026-03-29", "warm_up": "1 days"}).world().days
    assert (spring.midnight_s[1], spring.midnight_s[2]) == (24 * H, 47 * H)
    autumn = small({"start": "2026-10-25", "warm_up": "1 days"}).world().days
    assert autumn.midnight_s[2] - autumn.midnight_s[1] == 25 * H
    assert len(autumn) == 1 + 7 + autumn.n_drain + 120


def test_clock_times_on_a_short_day_are_those_the_clock_shows(small):
    world = small({"start": "2026-03-29", "warm_up": "1 days", "calendar.working_days": "daily"}).world()
    duty = world.staff[0].shifts[0].duties[1]
    assert (duty.start_s, duty.end_s) == (24 * H + 7 * H, 24 * H + 17.5 * H)
    assert world.processing.promises[0].cutoff_s[1] == 24 * H + 13 * H


def test_a_shift_over_midnight_lasts_an_hour_less_in_the_spring_night(small):
    night = {"hours": "22:00-06:00", "headcount": 1, "breaks": {"meal": "02:30-03:00"}, "days": "daily"}
    changes = {"start": "2026-03-29", "warm_up": "1 days", "staff.pickers.shifts.night": night}
    duties = small(changes).world().staff[0].shifts[1].duties
    assert [(d.end_s - d.start_s) / H for d in duties[:2]] == [7.0, 8.0]
    assert duties[1].breaks[0].start_s == duties[1].start_s + 4.5 * H


def test_hourly_rates_keep_the_days_volume_or_follow_the_clock_on_a_short_day(small):
    world = small({"start": "2026-03-29", "warm_up": "1 days"}).world()
    arrivals = world.demand.channels[0].arrivals
    by_day = [
        arrivals.expected[(arrivals.edges_s[:-1] >= a) & (arrivals.edges_s[:-1] < b)].sum()
        for a, b in zip(world.days.midnight_s[:3], world.days.midnight_s[1:4], strict=True)
    ]
    assert by_day == pytest.approx([240, 230, 240])
    assert (np.diff(arrivals.edges_s) > 0).all()
    assert arrivals.edges_s[-1] == world.days.end_s


def test_weekdays_special_days_and_the_factor_multiply(small):
    changes = {f"{WEB}.weekdays": {"mon": 2}, "demand.factor": 1.5, "demand.special_days": {"2026-03-02": 3}}
    world = small(changes).world()
    arrivals, midnight = world.demand.channels[0].arrivals, world.days.midnight_s
    day = np.searchsorted(midnight, arrivals.edges_s[:-1], side="right") - 1
    assert arrivals.expected[day == 7].sum() == pytest.approx(240 * 2 * 1.5 * 3)
    assert arrivals.expected[day == 0].sum() == pytest.approx(240 * 2 * 1.5)
    assert arrivals.expected[day == 8].sum() == pytest.approx(240 * 1.5)


def test_a_swinging_rate_is_integrated_exactly_in_pieces_of_a_minute(small):
    wave = {"mean": "30/h", "amplitude": "15/h", "period": "12h"}
    arrivals = small({f"{WEB}.orders_per_day": None, f"{WEB}.rate": wave}).world().demand.channels[0].arrivals
    assert np.diff(arrivals.edges_s).max() <= 60.0
    total = arrivals.expected[arrivals.edges_s[:-1] < 9 * H].sum()
    assert total == pytest.approx(30 * 9 + 15 * 12 / (2 * np.pi) * (1 - np.cos(2 * np.pi * 9 / 12)))


def test_points_may_be_joined_by_lines_and_repeated(small):
    rate = {"points": {"0h": "10/h", "2h": "30/h"}, "interpolate": "linear", "cycle": "4h"}
    arrivals = small({f"{WEB}.orders_per_day": None, f"{WEB}.rate": rate}).world().demand.channels[0].arrivals
    cumulative = np.concatenate([[0], np.cumsum(arrivals.expected)])
    at = {h: cumulative[np.searchsorted(arrivals.edges_s, h * H)] for h in (1, 2, 4, 8, 10)}
    assert list(at.values()) == pytest.approx([15, 40, 80, 160, 200])


def test_departures_follow_the_carriers_days_and_cutoffs_the_warehouses(small):
    world = small({"calendar.holidays": {"2026-03-03": "Closed"}}).world()
    departures = [d.time_s for d in world.delivery.carriers[0].departures]
    assert departures[:6] == [day * DAY + 18 * H for day in (0, 1, 2, 3, 4, 7)]
    assert departures[-1] > world.days.end_s + 100 * DAY
    cutoffs = world.processing.promises[0].cutoff_s
    assert (cutoffs[6], cutoffs[7], cutoffs[8]) == (-1.0, 7 * DAY + 14 * H, -1.0)
    assert not any(8 * DAY <= duty.start_s < 9 * DAY for duty in world.staff[0].shifts[0].duties)


def test_skills_keep_their_rank_and_steps_their_chain(small):
    steps = {"wrap": {"after": "packing", "time": "1 min", "staffed": False, "only": "gift"}}
    world = small({"fulfillment.steps": {**steps}}).world()
    assert [(s.station, s.rank, s.speed) for s in world.staff[0].skills] == [("picking", 1, 1.0), ("packing", 2, 0.9)]
    assert [step.station.name for step in world.fulfillment.steps] == ["packing", "wrap"]
    packing = world.fulfillment.steps[0].station.time
    assert (packing.per_order_s, packing.shape.mean) == (90.0, 1.0)


def test_a_distribution_of_work_becomes_its_mean_times_a_shape_of_mean_one(small):
    world = small({"fulfillment.steps.packing.time": {"lognormal": {"mean": "50s", "cv": 0.5}}}).world()
    time = world.fulfillment.steps[0].station.time
    assert (time.per_order_s, time.shape.mean, time.shape.cv) == pytest.approx((50.0, 1.0, 0.5))


def test_trucks_at_equal_distances_leave_on_days_that_are_known(small):
    world = small({"zone": "UTC", "delivery.carriers.parcelco.pickups.evening": {"every": "90 min"}}).world()
    last_s = world.delivery.carriers[0].departures[-1].time_s
    # the midnight that ends the last day begins one that no calendar knows
    assert last_s == world.days.midnight_s[-1] - 5400.0


def test_popular_skus_lie_near_the_depot_and_every_slot_lies_in_the_layout(small):
    near = small({"catalog.slots": "popularity"}).world().catalog
    distance = near.aisle * 4.0 + near.position_m
    assert (np.diff(distance) >= 0).all()
    anywhere = small({"layout.levels": 3}).world().catalog
    assert set(anywhere.aisle) == {0, 1, 2, 3}
    assert anywhere.position_m.min() == 1.0 and anywhere.position_m.max() == 5.0
    _, n_per_place = np.unique(np.stack([near.aisle, near.position_m]), axis=1, return_counts=True)
    assert n_per_place.max() <= 2


def test_blocks_and_cross_aisles_say_where_places_lie_and_where_tours_begin(small):
    changes = {
        "layout.cross_aisles": {"front": "0 m", "middle": "8 m", "back": "20 m"},
        "layout.cells": 2,
        "layout.aisles": 2,
        "layout.depot_cross_aisle": 1,
        "layout.end_aisle": 1,
        "catalog": {"skus": 16, "slots": "popularity"},
        "fulfillment.picking.tour.routing": "exact",
    }
    world = small(changes).world()
    layout = world.fulfillment.picking.tour.layout
    assert (layout.n_blocks, layout.cross_m, layout.start, layout.end) == (2, (0.0, 8.0, 20.0), (0, 8.0), (1, 8.0))
    assert sorted(set(world.catalog.position_m.tolist())) == [1.0, 2.0, 9.0, 10.0]
    # From the middle mouth of aisle 0 (8 m): first what lies a step behind it, then in order of the walk.
    walks = [
        layout.distance_m(layout.start, slot)
        for slot in zip(world.catalog.aisle, world.catalog.position_m, strict=True)
    ]
    assert walks == sorted(walks)
    assert walks[:4] == [1.0, 1.0, 2.0, 2.0]
    assert (
        small({"layout.blocks": 3, "fulfillment.picking.tour.routing": "exact"}).world().catalog.position_m.max() > 12
    )


def test_one_sided_aisles_hold_half(small, faults):
    assert small({"layout.sides": 1, "layout.cells": 10}).world().catalog.position_m.max() == 10
    assert "holds 20 SKUs, the catalog has 40" in faults({"layout.sides": 1})[0]


def test_popularity_follows_zipf_and_a_hundred_thousand_skus_are_made_at_once(small):
    catalog = small({"catalog.skus": 100_000, "layout.cells": 100, "layout.levels": 200}).world().catalog
    assert len(catalog) == 100_000
    assert catalog.popularity[9] / catalog.popularity[0] == pytest.approx(10**-0.8)


def test_levels_that_are_not_given_follow_the_stated_formula(small):
    changes = {
        "catalog": {"skus": 1, "zipf": 0},
        f"{WEB}.lines": 1,
        "inventory.suppliers.acme.lead_time": "4 days",
        "inventory.order_cover": "10 days",
    }
    stock = small(changes).world().inventory
    r = np.ceil(240 * 4 + NormalDist().inv_cdf(0.95) * np.sqrt(240 * 4))
    assert (stock.reorder_point[0], stock.order_quantity[0], stock.order_up_to[0]) == (r, 2400, r + 2400)


def test_levels_that_are_given_hold(small):
    given = {"rule": "rq", "reorder_point": 4, "order_quantity": 9, "start": "empty"}
    stock = small({f"inventory.{key}": value for key, value in given.items()}).world().inventory
    assert (set(stock.reorder_point), set(stock.order_quantity), set(stock.on_hand)) == ({4}, {9}, {0})
    assert stock.start == "given"


def test_tables_are_laid_over_what_is_made_and_their_faults_have_rows(small, tmp_path):
    resolved = {**small().resolved(), "catalog": {"table": "skus.csv"}}
    resolved["inventory"] = {**resolved["inventory"], "table": "stock.csv"}
    (tmp_path / "skus.csv").write_text("sku,popularity,weight_kg,aisle,position_m\nA,3,0.5,0,2\nB,1,1.5,3,4\n")
    (tmp_path / "stock.csv").write_text("sku,on_hand\nB,17\n")
    world = scenario_from(resolved, tmp_path).world()
    assert world.catalog.names == ("A", "B")
    assert world.catalog.aisle.tolist() == [0, 3]
    assert world.inventory.on_hand[1] == 17 != world.inventory.on_hand[0]
    (tmp_path / "stock.csv").write_text("sku,on_hand\nB,-1\nC,2\n")
    with pytest.raises(ScenarioError) as caught:
        scenario_from(resolved, tmp_path)
    told = str(caught.value)
    assert "stock.csv:2 column on_hand: must not be negative" in told
    assert "stock.csv:3 column sku: is no SKU of the catalog" in told
    (tmp_path / "stock.csv").write_text("sku,supplier\nB,acne\n")
    with pytest.raises(ScenarioError, match=r"is no supplier \(got \"acne\"\) - did you mean acme\?"):
        scenario_from(resolved, tmp_path)
    (tmp_path / "stock.csv").write_text("sku,on_hand\nB,1\nA,2\nB,3\n")
    with pytest.raises(ScenarioError, match=r"stock\.csv:4 column sku: is written twice \(got \"B\"\)"):
        scenario_from(resolved, tmp_path)


def test_a_carrier_with_one_service_may_stand_for_it_and_false_rules_one_out(small):
    postal = {"pickups": {"evening": "17:00"}, "services": {"parcel": {"transit": 2}, "express": {"transit": 1}}}
    changes = {"delivery.carriers.postal": postal}

    def served(carriers):
        world = small({**changes, "services.standard.carriers": carriers}).world()
        return [world.delivery.services[i].name for i in world.processing.promises[0].carrier_services]

    assert served({"parcelco": True}) == ["parcelco/ground"] == served({"parcelco/ground": True})
    assert served({"parcelco": True, "postal/parcel": True}) == ["parcelco/ground", "postal/parcel"]
    assert served({"postal/express": False}) == ["parcelco/ground", "postal/parcel"]


def test_rate_cards_fill_zones_from_all(small):
    zones = {"all": {"1 kg": "4 EUR", "5 kg": "6 EUR"}, "far": {"1 kg": "5 EUR", "5 kg": "9 EUR"}}
    changes = {"delivery.carriers.parcelco.services.ground.rates.zones": zones}
    tariff = small(changes).world().delivery.services[0].tariff
    prices = {zone: [tariff.charge(zone, kg).total for kg in (1.0, 5.0)] for zone in ("far", "near")}
    assert prices == {"far": [5.0, 9.0], "near": [4.0, 6.0]}


def test_a_history_is_replayed_with_its_own_skus(small, tmp_path):
    rows = "order,at,sku,n\n1,2026-02-23 09:00,A,2\n1,2026-02-23 09:00,B,1\n2,2026-03-03 10:00,A,1\n"
    (tmp_path / "orders.csv").write_text(rows)
    resolved = small().resolved()
    columns = {"order": "order", "placed": "at", "sku": "sku", "quantity": "n"}
    resolved["demand"]["history"] = {"file": "orders.csv", "one_row_per": "line", "columns": columns}
    resolved["catalog"] = {"zipf": 0}
    world = scenario_from(resolved, tmp_path).world()
    assert world.demand.history.arrival_s.tolist() == [9 * H, 8 * DAY + 10 * H]
    assert set(world.catalog.names) == {"A", "B"}
    assert world.demand.history.quantity.tolist() == [2, 1, 1]


def with_slots(small, tmp_path, stock, units=1, **forward):
    slots = {"inventory.forward": {"time": "4 min", **forward}, "staff.pickers.skills.replenishment": 3}
    resolved = {**small({**slots, f"{WEB}.units": units}).resolved(), "catalog": {"table": "skus.csv"}}
    resolved["inventory"] = {**resolved["inventory"], "table": "stock.csv"}
    (tmp_path / "skus.csv").write_text("sku,popularity\nA,3\nB,1\nC,1\n")
    (tmp_path / "stock.csv").write_text(stock)
    return scenario_from(resolved, tmp_path)


def test_capacities_of_slots_stand_in_the_table_or_follow_demand(small, tmp_path):
    # 240 orders a day of 1.5 lines: 216 units of A and 72 of B and C each; a third of the capacity is the minimum
    text = "sku,forward_capacity,forward_minimum\nB,50,40\nC,0,\n"
    slots = with_slots(small, tmp_path, text, cover="2 days").world().inventory.forward
    assert slots.capacity.tolist() == [432, 50, NO_LIMIT]
    assert slots.minimum[:2].tolist() == [144, 40]


def test_slots_for_days_of_demand_hold_a_pick_beyond_the_minimum(small, tmp_path):
    slots = with_slots(small, tmp_path, "sku\nA\n", units=4, cover="0 days", minimum=30).world().inventory.forward
    assert slots.capacity.tolist() == [34, 34, 34]
    assert slots.minimum.tolist() == [30, 30, 30]


def test_slots_too_small_for_a_pick_are_told_by_their_row(small, tmp_path):
    with pytest.raises(ScenarioError) as caught:
        with_slots(small, tmp_path, "sku,forward_capacity,forward_minimum\nA,60,\nB,3,\nC,9,9\n", units=4)
    told = str(caught.value)
    assert "stock.csv:3 column forward_capacity: is below one pick for 1 SKUs: B fits 3, a pick takes up to 4" in told
    assert "stock.csv:4 column forward_minimum: is not below the capacity for 1 SKUs: C fits 9" in told
