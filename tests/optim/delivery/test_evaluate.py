"""The judge of delivery plans, by hand on lines and squares."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.feasibility import unservable
from fulfillsim.optim.delivery.instance import Break, DeliveryInstance, DeliveryStop, Depot, InstanceError, Vehicle
from fulfillsim.optim.delivery.plan import Route
from fulfillsim.optim.delivery.timing import timetable
from fulfillsim.optim.delivery.travel import SpeedProfile, Travel, euclidean, haversine


def on_a_line(*places: float, van: Vehicle | None = None, **stop) -> DeliveryInstance:
    """Depot at 0, stops at the places, one unit of time per unit of way."""
    points = np.array([[0.0, 0.0], *([place, 0.0] for place in places)])
    stops = tuple(DeliveryStop(f"s{n}", (1.0,), **stop) for n in range(len(places)))
    return DeliveryInstance("line", (Depot(),), stops, (van or Vehicle((9.0,)),) * 2, euclidean(points))


def one(*stops: int) -> tuple[Route, ...]:
    return (Route(0, (stops,)),)


def rules(instance: DeliveryInstance, routes: tuple[Route, ...]) -> set[str]:
    return {violation.rule for violation in evaluate(instance, routes).violations}


def test_a_tour_out_and_back_costs_its_way_and_its_time():
    instance = on_a_line(10, 30, van=Vehicle((9.0,), fixed_cost=5.0, cost_per_s=2.0), service_s=3.0)
    judged = evaluate(instance, one(0, 1))
    assert judged.feasible
    assert (judged.distance_m, judged.duration_s, judged.cost) == (60.0, 66.0, 5.0 + 60.0 + 132.0)


def test_a_van_leaves_as_late_as_its_earliest_end_allows():
    instance = on_a_line(10, windows_s=((100.0, 120.0),))
    table = timetable(instance, one(0)[0])
    assert (table.start_s, table.visits[1].begin_s, table.end_s) == (90.0, 100.0, 110.0)


def test_service_begins_in_the_next_window_that_is_open():
    instance = on_a_line(10, windows_s=((0.0, 5.0), (40.0, 50.0)))
    assert timetable(instance, one(0)[0]).visits[1].begin_s == 40.0


def test_a_speed_profile_stretches_what_lies_in_the_rush_hour():
    rush = SpeedProfile((0.0, 4.0, 10.0), (1.0, 0.5, 1.0))
    assert rush.arrival_s(0.0, 10.0) == 4.0 + 6.0 + 3.0
    instance = on_a_line(10)
    instance = replace(instance, travel=replace(instance.travel, profile=rush))
    assert evaluate(instance, one(0)).duration_s == 23.0


def test_who_leaves_later_never_arrives_earlier():
    rush = SpeedProfile((0.0, 5.0, 9.0, 20.0), (1.0, 0.3, 2.0, 0.7))
    arrivals = [rush.arrival_s(0.25 * step, 7.0) for step in range(120)]
    assert arrivals == sorted(arrivals)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"capacity": (1.0,)}, "capacity"),
        ({"max_distance_m": 59.0}, "distance"),
        ({"max_duration_s": 59.0}, "duration"),
        ({"shift_s": (0.0, 59.0)}, "shift"),
        ({"allowed": frozenset({0})}, "allowed"),
        ({"committed": (1,)}, "committed"),
        ({"breaks": (Break(5.0, 0.0, 0.0),), "shift_s": (1.0, 90.0)}, "break"),
    ],
)
def test_each_broken_rule_is_named(change, rule):
    instance = on_a_line(10, 30, van=Vehicle((9.0,)))
    instance = replace(instance, vehicles=(replace(instance.vehicles[0], **change), instance.vehicles[1]))
    assert rules(instance, one(0, 1)) == {rule}


def test_late_unserved_and_doubled_stops_are_named():
    late = on_a_line(10, 30, windows_s=((0.0, 12.0),))
    found = evaluate(late, (Route(0, ((0, 1, 0),)),)).violations
    assert {(v.rule, v.stop) for v in found} == {("window", 1), ("window", 0), ("served twice", 0)}
    assert rules(late, ()) == {"unserved"}
    assert rules(late, one(7)) == {"no such stop"}
    assert rules(on_a_line(1, 2), (Route(0, ((0,),)), Route(0, ((1,),)))) == {"vehicle used twice"}


def test_a_second_trip_needs_a_place_to_load_and_waits_for_its_goods():
    instance = on_a_line(10, 20, van=Vehicle((1.0,), reload_depot=0))
    stops = (instance.stops[0], replace(instance.stops[1], release_s=50.0))
    judged = evaluate(replace(instance, stops=stops), (Route(0, ((0,), (1,))),))
    assert judged.feasible
    assert (judged.distance_m, judged.duration_s) == (60.0, 60.0)
    assert rules(on_a_line(10, 20, van=Vehicle((1.0,))), (Route(0, ((0,), (1,))),)) == {"reload"}


def test_pickups_fill_the_room_that_deliveries_leave():
    instance = on_a_line(10, 20, van=Vehicle((2.0,)))
    takes_two = (replace(instance.stops[0], pickup=(2.0,)), instance.stops[1])
    instance = replace(instance, stops=takes_two)
    assert rules(instance, one(0, 1)) == {"capacity"}
    assert not rules(instance, one(1, 0))


def test_a_break_may_be_taken_while_waiting():
    rest = Vehicle((9.0,), breaks=(Break(30.0, 5.0, 60.0),))
    instance = on_a_line(10, windows_s=((50.0, 50.0),), van=rest)
    judged = evaluate(instance, one(0))
    assert judged.feasible
    assert len(timetable(instance, one(0)[0]).rests) == 1


def test_an_instance_that_was_evaluated_travels_to_other_processes():
    instance = on_a_line(1.0, 2.0, 3.0)
    plan = (Route(0, ((0, 1),)), Route(1, ((2,),)))
    judged = evaluate(instance, plan)
    for again in (pickle.loads(pickle.dumps(instance)), copy.deepcopy(instance)):
        assert evaluate(again, plan) == judged


def test_optional_stops_cost_their_prize_where_left_out():
    instance = on_a_line(10, 30)
    instance = replace(instance, stops=(instance.stops[0], replace(instance.stops[1], prize=7.0)))
    assert evaluate(instance, one(0)).cost == 27.0


def test_great_circles_are_stretched_by_circuity():
    ways = haversine([[0.0, 0.0], [0.0, 1.0]], speed_m_per_s=10.0, circuity=1.2)
    assert ways.distance_m[0, 1] == pytest.approx(1.2 * 111_195.08, rel=1e-6)
    assert ways.time_s[0, 1] == pytest.approx(ways.distance_m[0, 1] / 10.0)


def test_all_flaws_of_an_instance_are_told_at_once():
    stops = (DeliveryStop("a", (1.0,), windows_s=((5.0, 2.0),)), DeliveryStop("b", (-1.0,)))
    matrix = np.zeros((3, 3))
    matrix[1, 2] = -4.0
    with pytest.raises(InstanceError) as caught:
        DeliveryInstance("bad", (Depot(),), stops, (Vehicle((0.0,)),), Travel(matrix, np.abs(matrix)))
    text = str(caught.value)
    for part in ("close before it opens", "demand must be >= 0", "capacity must be > 0", "distance must be >= 0"):
        assert part in text


def test_a_stop_that_no_van_can_serve_is_named_with_what_stands_against_it():
    far = on_a_line(10, 200, van=Vehicle((9.0,), shift_s=(0.0, 100.0)))
    assert [(reason.stop, reason.value) for reason in unservable(far)] == [(1, "shift exceeded by 5.0 min (300 s)")]
    matrix = far.travel.distance_m.copy()
    matrix[0, 1] = np.inf
    cut_off = replace(on_a_line(10, 20), travel=Travel(matrix, matrix))
    assert unservable(cut_off)[0].stop == 0
