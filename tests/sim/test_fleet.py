"""Own vans: routes by hand, plan and execution, late vans, second attempts, and what never changes."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
import yaml

from fulfillsim import simulate
from fulfillsim.domain.fleet import Rest, Slot
from fulfillsim.domain.records import Scan
from fulfillsim.errors import ScenarioError
from fulfillsim.experiment.beginning import begin_at
from fulfillsim.kpi import check_conservation, service
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.fleet import check_fleet, fleet_cost, fleet_places, in_window, vans_used
from fulfillsim.scenario import load_scenario
from fulfillsim.sim import run
from fulfillsim.sim.fleet.parcel import Parcel
from fulfillsim.sim.fleet.planning import Offer, Planner
from fulfillsim.tape import draw_tape
from fulfillsim.testing.by_hand import HOUR_S, promising, rows_of, tape_of
from fulfillsim.testing.own_vans import DAYS, NINE, VAN, constant, driving, monday
from fulfillsim.testing.worlds import DAY_S


def test_a_route_of_two_stops_is_driven_as_worked_out_by_hand():
    trace = run(driving(), monday())
    ((start_s, end_s, metres, n_stops, cost),) = rows_of(
        trace, "routes", "start_s", "end_s", "distance_m", "n_stops", "cost"
    )
    assert (start_s, end_s, metres, n_stops) == (NINE, NINE + 2800.0, 24_000.0, 2)
    assert cost == pytest.approx(50.0 + 24.0 + 28.0)
    begun = rows_of(trace, "stops", "order", "begun_s")
    assert begun in ([(0, NINE + 600.0), (1, NINE + 1600.0)], [(1, NINE + 1000.0), (0, NINE + 2000.0)])
    assert sorted(rows_of(trace, "parcels", "order", "departed_s", "delivered_s")) == sorted(
        (order, NINE, time_s) for order, time_s in begun
    )
    assert set(rows_of(trace, "promises", "promise_s")) == {(DAY_S + 18 * HOUR_S,)}


@pytest.mark.parametrize("n", [1, 3, 6])
def test_without_noise_routes_are_driven_exactly_as_planned(n):
    trace = run(driving(), monday(n))
    stops = trace.columns("stops")
    assert len(stops["order"]) == n
    np.testing.assert_allclose(stops["begun_s"], stops["planned_s"], atol=1e-6)
    routes = trace.columns("routes")
    np.testing.assert_allclose(routes["end_s"], routes["planned_end_s"], atol=1e-6)
    np.testing.assert_allclose(routes["distance_m"], routes["planned_m"], atol=1e-6)


def test_nobody_at_home_is_tried_again_with_the_next_wave_and_then_given_up():
    world = driving(failed_attempt_prob=1.0)
    trace = run(world, monday(1))
    begun_s = [time_s for (time_s,) in rows_of(trace, "stops", "begun_s")]
    assert begun_s == [NINE + 600.0, NINE + DAY_S + 600.0]
    assert rows_of(trace, "parcels", "attempted_s", "lost") == [(NINE + 600.0, 1.0)]
    kinds = [Scan(int(kind)) for (kind,) in rows_of(trace, "scans", "kind")]
    trip = [Scan.OUT_FOR_DELIVERY, Scan.FAILED_ATTEMPT]
    assert kinds == [Scan.PICKED_UP, *trip, Scan.AT_DEPOT, *trip, Scan.LOST]
    facts = Facts(world, trace)
    check_fleet(facts)
    assert set(fleet_places(facts).values()) == {"returned"}


def test_what_does_not_fit_goes_with_the_next_wave():
    small = replace(VAN, capacity=(1.0, 100.0, 100.0))
    world = driving(vans=(small,))
    trace = run(world, monday(2))
    assert [time_s for (time_s,) in rows_of(trace, "routes", "start_s")] == [NINE, NINE + DAY_S]
    facts = Facts(world, trace)
    assert in_window(facts) == 0.5
    assert vans_used(facts) == 1.0
    assert fleet_cost(facts) == pytest.approx(trace.columns("routes")["cost"].sum())


ELEVEN = NINE + 2 * HOUR_S


@pytest.mark.parametrize(
    ("n_vans", "on_time", "left", "drove_off"),
    [
        (2, 1.0, [NINE, NINE], [ELEVEN - 1000.0, ELEVEN - 600.0]),
        (1, 0.5, [NINE, NINE + DAY_S], [ELEVEN - 600.0, NINE + DAY_S]),
    ],
)
def test_who_leaves_with_the_promised_wave_is_shipped_in_time_whenever_the_van_drives_off(
    n_vans, on_time, left, drove_off
):
    """The wave is that of 9:00; doors open at 11:00, 600 and 1,000 s away. Who missed it goes with the next one."""
    world = driving(vans=(replace(VAN, capacity=(1.0, 100.0, 100.0)),) * n_vans)
    late_doors = replace(world.delivery.fleet, slots=(Slot("day", 0, 11 * HOUR_S, 18 * HOUR_S),))
    world = replace(world, delivery=replace(world.delivery, fleet=late_doors))
    trace = run(world, monday())
    facts = Facts(world, trace)
    journeys = facts.journeys
    assert sorted(journeys.departure_s) == left
    assert sorted(journeys.shipped_s) == drove_off
    assert sorted(facts.run.departure_s) == left
    assert journeys.due_departure_s.tolist() == [NINE, NINE]
    assert service.share_on_time("shipment")(facts, facts.rows("due")) == on_time


def test_a_van_that_is_slow_comes_late_and_earns_overtime():
    vans = (replace(VAN, until_s=9.5 * HOUR_S, overtime_per_s=1.0),)
    trace = run(driving(travel=constant(mean=3.0), vans=vans), monday(1))
    ((end_s, overtime_s),) = rows_of(trace, "routes", "end_s", "overtime_s")
    assert end_s == NINE + 3 * 1200.0 + 200.0
    assert overtime_s == end_s - (DAY_S + 9.5 * HOUR_S)


def test_a_late_van_turns_to_the_customer_whose_hours_end_first():
    fleet = driving().delivery.fleet
    planner = Planner(fleet)
    near = Parcel(None, 0, (1000.0, 0.0), (1.0, 0.0, 0.0), 0.0, 0, 0.0, 9000.0)
    far = Parcel(None, 0, (-4000.0, 0.0), (1.0, 0.0, 0.0), 0.0, 0, 0.0, 600.0)
    offer = Offer(VAN, 0.0, 50_000.0)
    assert planner.rest((0.0, 0.0), [near, far], offer, 100.0, 1) == [far, near]
    hopeless = replace(far, closes_s=300.0)
    assert planner.rest((0.0, 0.0), [near, hopeless], offer, 100.0, 1) == [hopeless, near]


@pytest.mark.parametrize("limit_s", [None, 300.0])
def test_a_route_that_is_planned_anew_on_the_way_still_serves_everybody(limit_s):
    trace = run(driving(closes_h=10.0, travel=constant(mean=4.0), replan_after_s=limit_s), monday(6))
    assert sorted(rows_of(trace, "stops", "order")) == [(float(order),) for order in range(6)]


LUNCH = Rest(1800.0, 9.25 * HOUR_S, 10 * HOUR_S)


def test_a_driver_rests_where_it_costs_least_as_worked_out_by_hand():
    """Two doors 600 s and 800 s away and 200 s long: the break may begin at 900 s, while the second leg is driven."""
    vans = (replace(VAN, rests=(LUNCH,)),)
    trace = run(driving(vans=vans), monday())
    ((begun_s, ended_s),) = rows_of(trace, "rests", "begun_s", "ended_s")
    ((start_s, end_s),) = rows_of(trace, "routes", "start_s", "end_s")
    assert begun_s >= DAY_S + LUNCH.from_s
    assert (ended_s - begun_s, end_s - start_s) == (1800.0, 2800.0 + 1800.0)


@pytest.mark.parametrize("n", [1, 3, 6])
def test_without_noise_routes_with_breaks_are_driven_exactly_as_planned(n):
    rests = (LUNCH, Rest(600.0, 9.1 * HOUR_S, 9.3 * HOUR_S))
    trace = run(driving(closes_h=11.0, vans=(replace(VAN, rests=rests),)), monday(n))
    stops, routes, taken = trace.columns("stops"), trace.columns("routes"), trace.columns("rests")
    assert (len(stops["order"]), len(taken["route"])) == (n, 2)
    np.testing.assert_allclose(stops["begun_s"], stops["planned_s"], atol=1e-6)
    np.testing.assert_allclose(routes["end_s"], routes["planned_end_s"], atol=1e-6)
    assert (taken["begun_s"] <= taken["latest_s"] + 1e-6).all()


def test_a_late_driver_rests_on_the_road_when_the_time_for_it_ends():
    """The second leg is thought to end at 2800 s and ends at 4400 s; the time for the break ends at 3000 s."""
    rest = Rest(1800.0, 9.25 * HOUR_S, NINE - DAY_S + 3000.0)
    trace = run(driving(travel=constant(mean=3.0), vans=(replace(VAN, rests=(rest,)),)), monday(2))
    assert rows_of(trace, "rests", "begun_s", "latest_s") == [(NINE + 3000.0, NINE + 3000.0)]
    assert max(time_s for (time_s,) in rows_of(trace, "stops", "begun_s")) == NINE + 4400.0 + 1800.0


def test_who_stood_at_the_depot_in_the_time_for_it_has_had_his_break():
    rest = Rest(1800.0, 7.5 * HOUR_S, 8.5 * HOUR_S)
    trace = run(driving(vans=(replace(VAN, rests=(rest,)),)), monday(2))
    assert not len(trace.columns("rests")["route"])
    assert rows_of(trace, "routes", "end_s") == [(NINE + 2800.0,)]


def test_a_parcel_ready_after_the_cutoff_joins_a_loaded_van_only_if_that_is_cheap():
    late = replace(tape_of([10 * HOUR_S, DAY_S + 8.6 * HOUR_S]), zone=np.zeros(2, np.int16))
    starts = []
    for most in (None, 1.0, 5.0):  # the door's 200 s cost 2
        world = replace(driving(insert_cost=most), processing=promising(DAYS, cutoff_h=8.8))
        starts.append([time_s for (time_s,) in rows_of(run(world, late), "routes", "start_s")])
    assert starts == [[NINE, NINE + DAY_S], [NINE, NINE + DAY_S], [NINE]]


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("own_fleet").vary({"days": 2, "warm_up": "2 days"})


def test_every_parcel_of_a_noisy_week_is_accounted_for_and_the_same_seed_gives_the_same_bits(scenario):
    world = scenario.world()
    one, other = (run(world, draw_tape(world, 3, 0)) for _ in range(2))
    assert [one.tables[name].data for name in one.tables] == [other.tables[name].data for name in other.tables]
    check_fleet(Facts(world, one))
    assert len(one.columns("stops")["order"]) > 100


@pytest.mark.parametrize(("seed", "breaks"), [(1, {}), (2, {"lunch": "11:00-14:00", "coffee": "16:00-17:00"})])
def test_plan_and_execution_of_a_whole_week_agree_where_nothing_varies(scenario, seed, breaks):
    still = {"travel_cv": 0, "at_door_cv": 0, "failed_attempt": 0, "vans.sprinter.breaks": breaks}
    world = scenario.vary({f"delivery.fleet.{name}": value for name, value in still.items()}).world()
    trace = run(world, draw_tape(world, seed, 0))
    stops, routes, rests = trace.columns("stops"), trace.columns("routes"), trace.columns("rests")
    driven = np.isfinite(routes["end_s"])
    assert len(stops["order"]) > 100
    np.testing.assert_allclose(stops["begun_s"], stops["planned_s"], atol=1e-4)
    for is_, should_be in (("start_s", "planned_start_s"), ("end_s", "planned_end_s"), ("distance_m", "planned_m")):
        np.testing.assert_allclose(routes[is_][driven], routes[should_be][driven], atol=1e-4)
    assert bool(len(rests["route"])) == bool(breaks)
    assert (rests["begun_s"] <= rests["latest_s"] + 1e-4).all()


HOMES = {"starts": {"east": "15 km", "north": "15 km"}, "ends": {"east": "25 km", "north": "12 km"}}
ON_GLOBE = {
    f"{place}.{word}": value
    for place, (lat, lon) in {
        "depot": (60.2, 24.9),
        "zones.city": (60.25, 24.95),
        "zones.suburbs": (60.22, 24.92),
    }.items()
    for word, value in {"east": None, "north": None, "lat": lat, "lon": lon}.items()
}
FEATURES = {
    "range": {"vans.sprinter.max_distance": "55 km"},
    "homes": {f"vans.sprinter.{end}": place for end, place in HOMES.items()},
    "reloads": {
        "vans.sprinter.parcels": 5,
        "vans.sprinter.reloads": True,
        "vans.sprinter.count": 3,
        "loading": "7 min",
    },
    "rush hours": {"speeds": {"08-10": 0.5, "16-18": 0.7}},
    "globe": ON_GLOBE,
}
FEATURES["all"] = {
    key: value for name in ("range", "homes", "reloads", "rush hours") for key, value in FEATURES[name].items()
} | {"vans.sprinter.breaks": {"lunch": "11:00-14:00"}, "vans.sprinter.max_distance": "90 km", "insert_up_to": "40 EUR"}


@pytest.mark.parametrize("feature", FEATURES)
def test_what_vans_have_to_keep_is_planned_and_driven_alike_where_nothing_varies(scenario, feature):
    changes = {"travel_cv": 0, "at_door_cv": 0, "failed_attempt": 0, **FEATURES[feature]}
    world = scenario.vary({f"delivery.fleet.{name}": value for name, value in changes.items()}).world()
    trace, fleet = run(world, draw_tape(world, 1, 0)), world.delivery.fleet
    check_conservation(world, trace)
    stops, routes = trace.columns("stops"), trace.columns("routes")
    driven = np.isfinite(routes["end_s"])
    assert len(stops["order"]) > 100
    np.testing.assert_allclose(stops["begun_s"], stops["planned_s"], atol=1e-4)
    for is_, should_be in (("start_s", "planned_start_s"), ("end_s", "planned_end_s"), ("distance_m", "planned_m")):
        np.testing.assert_allclose(routes[is_][driven], routes[should_be][driven], atol=1e-4)
    by_day = {}
    for van, start_s, metres in zip(routes["van"], routes["start_s"], routes["distance_m"], strict=True):
        key = int(van), world.days.of(start_s)
        by_day[key] = by_day.get(key, 0.0) + metres
    assert all(metres <= fleet.vans[van].most_m + 1e-3 for (van, _), metres in by_day.items())


def on_the_way(**changes):
    """Routes of a world by hand: start, end, meters."""
    return rows_of(run(driving(**changes), monday(2)), "routes", "start_s", "end_s", "distance_m")


def test_a_van_that_sleeps_elsewhere_comes_to_load_and_goes_home_as_worked_out_by_hand():
    """2 km west of the depot; from the second door, 10 km away, it ends 4 km further along the third side."""
    homes = replace(VAN, starts_m=(-2000.0, 0.0), ends_m=(0.0, 8000.0))
    ((start_s, end_s, metres),) = on_the_way(vans=(homes,))
    assert start_s == NINE - 200.0
    assert metres == 2000.0 + 6000.0 + 8000.0 + 6000.0
    assert end_s == NINE + 600.0 + 200.0 + 800.0 + 200.0 + 600.0


def test_a_van_whose_day_is_used_up_stays_at_the_depot():
    """Each customer alone is 12 and 20 km there and back, both together 24 km."""
    assert [row[2] for row in on_the_way(vans=(replace(VAN, most_m=24_000.0),))] == [24_000.0]
    assert [row[2] for row in on_the_way(vans=(replace(VAN, most_m=23_000.0),))] != [24_000.0]
    assert sorted(row[2] for row in on_the_way(vans=(replace(VAN, most_m=20_000.0),))) == [12_000.0, 20_000.0]
    assert on_the_way(vans=(replace(VAN, most_m=11_000.0),)) == []


def test_a_van_that_may_load_again_makes_two_trips_in_a_wave_as_worked_out_by_hand():
    small = replace(VAN, capacity=(1.0, 100.0, 100.0), reloads=True)
    trips = sorted(on_the_way(vans=(small,), loading_s=300.0))
    times = [(start_s - NINE, end_s - start_s, metres) for start_s, end_s, metres in trips]
    near, far = (300.0 + 1200.0 + 200.0, 12_000.0), (300.0 + 2000.0 + 200.0, 20_000.0)
    assert [row[1:] for row in times] in ([near, far], [far, near])
    assert [row[0] for row in times] == [0.0, times[0][1]]


def test_rush_hours_lengthen_what_is_planned_and_driven_as_worked_out_by_hand():
    """Half the speed until 9:10: the first 600 s bring a van 3 km far, the other 3 km take 300 s."""
    rush = ((0.0, 0.5), (NINE + 600.0, 1.0))
    first = min(begun for (begun,) in rows_of(run(driving(speeds=rush), monday(1)), "stops", "begun_s"))
    assert first == pytest.approx(NINE + 900.0)


def test_on_the_globe_ways_are_great_circles(scenario):
    from fulfillsim.optim.delivery.travel import haversine
    from fulfillsim.sim.fleet.roads import Roads

    fleet = scenario.vary({f"delivery.fleet.{name}": value for name, value in ON_GLOBE.items()}).world().delivery.fleet
    there = fleet.zone_m[0]
    metres = Roads(fleet).metres(fleet.depot_m, tuple(there))
    truth = haversine([(60.2, 24.9), (60.25, 24.95)], 1.0, circuity=1.3).distance_m[0, 1]
    assert metres == pytest.approx(truth, rel=1e-9)
    assert metres == pytest.approx(Roads(fleet).travel(np.array([fleet.depot_m, there]), 0.0).distance_m[0, 1])


def test_a_run_may_go_on_from_a_moment_at_which_vans_are_on_the_road(scenario, tmp_path):
    quick = {
        "days": 1,
        "warm_up": "1 days",
        "delivery.fleet.solver": "savings",
        "staff.warehouse.shifts.late.headcount": 4,
    }
    day = scenario.vary(quick)
    world = day.world()
    trace = run(world, draw_tape(world, 3, 0))
    made = begin_at(world, trace, datetime(2026, 3, 2, 15, 0), tmp_path)
    assert (made.frames["orders"]["stage"] == "transit").any()
    onward = day.vary(made.changes).world()
    check_conservation(onward, run(onward, draw_tape(onward, 4, 0)))


def test_a_fleet_may_never_plan_anew_on_the_way(scenario):
    fleets = [
        scenario.vary({"delivery.fleet.replan_after": word}).world().delivery.fleet for word in ("never", "5 min")
    ]
    assert [fleet.replan_after_s for fleet in fleets] == [None, 300.0]


def test_customers_live_where_they_live_whoever_brings_their_parcels(scenario):
    from fulfillsim.sim.fleet.depot import places_of
    from fulfillsim.sim.model import Model

    worlds = [scenario.world(), scenario.vary({"delivery.fleet.vans.sprinter.count": 2}).world()]
    places = [places_of(Model(w, draw_tape(w, 3, 0)), w.delivery.fleet) for w in worlds]
    np.testing.assert_array_equal(*places)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"delivery.fleet.slots.morning": "12:00-08:00"}, "slots.morning: closes before it opens on the same day"),
        ({"delivery.fleet.slots.morning": "05:00-07:00"}, "slots.morning: closes before any wave leaves"),
        ({"delivery.fleet.waves.noon": "19:00"}, "waves.noon: leaves after the last van's shift has ended"),
        ({"delivery.fleet.vans.sprinter.count": 0}, "vans: holds no van that can carry an order"),
        ({"delivery.fleet.vans.sprinter.volume": "20 l"}, "no van can carry an order: a usual unit has 60 l"),
        ({"delivery.fleet.zones.city": {"spread": "2 km", "east": None, "north": "1 km"}}, "zones.city.east"),
        ({"delivery.fleet.zones.moon": {"east": "1 km", "north": "1 km"}}, "names the zone moon, which is not there"),
        ({"delivery.fleet.vans.sprinter.breaks.lunch": "18:20-18:30"}, "sprinter.breaks.lunch: must be able to begin"),
        ({"delivery.fleet.vans.sprinter.breaks.lunch": "13:00-12:00"}, "sprinter.breaks.lunch: must be able to begin"),
        ({"delivery.fleet.vans.bike": {"parcels": 0}}, "vans.bike.parcels: must be > 0"),
        ({"delivery.fleet.vans.bike": {"volume": "0 l"}}, "vans.bike.volume: must be > 0"),
        ({"delivery.fleet.solver": "best"}, "delivery.fleet.solver"),
        (
            {"delivery.fleet.solver": "pyvrp", "delivery.fleet.vans.sprinter.breaks.lunch": "11:00-14:00"},
            "fleet.solver: pyvrp cannot plan drivers' breaks",  # and auto takes another
        ),
        ({"delivery.fleet.vans.sprinter.max_distance": "3 km"}, "max_distance: must reach a zone and come back"),
        (
            {"delivery.fleet.vans.sprinter.starts": {"east": "500 km", "north": "1 km"}},
            "starts: must leave time to work: to the depot it takes 22.3 h of the shift",
        ),
        ({"delivery.fleet.vans.sprinter.ends": {"lat": 1.0}}, "sprinter.ends.lat: must be left out: the depot lies at"),
        ({"delivery.fleet.depot": {"east": None, "north": None, "lat": 5.0}}, "depot.lon: must be said"),
        ({"delivery.fleet.speeds": {"07-09": 0}}, "speeds: must be factors above 0"),
        (
            {"delivery.fleet.solver": "ortools_plain", "delivery.fleet.speeds": {"07-09": 0.5}},
            "fleet.solver: ortools_plain cannot plan",
        ),
        ({"delivery.carriers.fleet": {"pickups": {"a": "18:00"}, "services": {"x": {"transit": 1}}}}, "called fleet"),
    ],
)
def test_faults_of_a_fleet_are_named_with_a_hint(changes, told):
    with pytest.raises(ScenarioError) as caught:
        load_scenario("own_fleet").vary(changes)
    assert told in str(caught.value)


def test_auto_is_a_solver_by_name_in_the_loaded_scenario_with_the_reason_and_its_version(monkeypatch):
    from fulfillsim.optim.delivery import with_pyvrp

    asked = load_scenario("own_fleet", ["delivery.fleet.solver=auto"])
    with_breaks = asked.vary({"delivery.fleet.vans.sprinter.breaks.lunch": "11:00-14:00"})
    monkeypatch.setattr(with_pyvrp, "find_spec", lambda _: None)
    without = asked.vary({"days": 3})
    for found, why in ((with_breaks, "pyvrp"), (without, "pyvrp is not installed")):
        assert found.resolved()["delivery"]["fleet"]["solver"] == "ortools"
        assert "auto stands for ortools of fulfillsim " in str(found.warnings[-1])
        assert why in str(found.warnings[-1])
    assert asked.vary({}).content_hash() == load_scenario("own_fleet").content_hash()


def test_a_run_directory_names_the_solver_that_auto_stands_for(tmp_path):
    import json

    pytest.importorskip("pyvrp")
    asked = load_scenario("own_fleet", ["delivery.fleet.solver=auto", "days=1", "warm_up=0 days"])
    told = simulate(asked, replications=1, jobs=1, out=tmp_path / "run")
    named = simulate(asked.vary({"delivery.fleet.solver": "pyvrp"}), replications=1, jobs=1)
    assert told.to_frame("stops").equals(named.to_frame("stops"))
    for file, read in (("scenario.yaml", yaml.safe_load), ("resolved.json", json.loads)):
        assert read((tmp_path / "run" / file).read_text())["delivery"]["fleet"]["solver"] == "pyvrp"
    assert "pyvrp" in json.loads((tmp_path / "run" / "manifest.json").read_text())["versions"]


def test_a_solver_that_is_not_installed_is_told_with_its_extra_before_anything_runs(monkeypatch):
    from fulfillsim.optim.delivery import with_pyvrp

    monkeypatch.setattr(with_pyvrp, "find_spec", lambda _: None)
    with pytest.raises(ScenarioError, match=r"fulfillsim\[pyvrp\]"):
        load_scenario("own_fleet").vary({"delivery.fleet.solver": "pyvrp"})


def test_customers_hear_of_a_time_that_moved_on_the_road_and_doors_are_reached_as_before():
    noisy = load_scenario("own_fleet").vary({"days": 1, "warm_up": "0 days", "delivery.fleet.travel_cv": 0.6})
    told, silent = (
        simulate(noisy.vary({"delivery.fleet.tell_after": after}), replications=1, jobs=1)
        for after in ("15 min", "12 h")
    )
    kinds = [result.to_frame("notices")["kind"].value_counts() for result in (told, silent)]
    assert kinds[0]["eta_change"] > 2 * kinds[1]["eta_change"]
    assert told.to_frame("stops").equals(silent.to_frame("stops"))
