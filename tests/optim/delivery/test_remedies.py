"""What would fix an unserved or late stop, by hand on a line and against trying everything."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.optim.delivery import hybrid
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.instance import DeliveryInstance, DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.plan import Route
from fulfillsim.optim.delivery.remedies import advice, why_not
from fulfillsim.optim.delivery.travel import euclidean
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.delivery import cheapest, random_instance


def line(van: Vehicle, *windows: tuple[float, float]) -> DeliveryInstance:
    """Stops at 10, 20, ... from the depot, one unit of time per unit of way, one van."""
    points = np.array([[10.0 * n, 0.0] for n in range(len(windows) + 1)])
    stops = tuple(DeliveryStop(f"s{n}", (1.0,), windows_s=(window,)) for n, window in enumerate(windows))
    return DeliveryInstance("line", (Depot(),), stops, (van,), euclidean(points))


def remedies(instance: DeliveryInstance, *served: int) -> dict[str, float]:
    plan = (Route(0, (served,)),) if served else ()
    (unmet,) = why_not(instance, plan)
    assert all(remedy.confirmed for remedy in unmet.remedies)
    return {remedy.rule: round(remedy.amount, 3) for remedy in unmet.remedies}


def test_a_window_that_closes_too_early_is_told_by_how_much():
    # the second is reached at 20 at the earliest, also by a van of its own, and closes at 13
    instance = line(Vehicle((9.0,)), (10.0, 10.0), (0.0, 13.0))
    assert remedies(instance, 0) == {"closes": 7.0}


def test_a_window_that_opens_too_late_is_told_to_a_second():
    instance = line(Vehicle((9.0,), shift_s=(0.0, 60.0)), (0.0, 10.0), (45.0, 90.0))
    assert remedies(instance, 0)["opens"] == pytest.approx(5.0, abs=1.0)
    assert remedies(instance, 0)["shift"] == pytest.approx(5.0)


def test_a_full_van_needs_room_or_a_second_van():
    instance = line(Vehicle((1.5,)), (0.0, 90.0), (0.0, 90.0))
    assert remedies(instance, 0) == {"capacity": 0.5, "vehicle": 1.0}
    (unmet,) = why_not(instance, (Route(0, ((0,),)),))
    assert advice(instance, unmet) == "stop s1 is not served: 0.5 more capacity; or one more vehicle (van)"


def test_a_late_stop_is_told_with_its_lateness():
    instance = line(Vehicle((9.0,)), (0.0, 90.0), (0.0, 13.0))
    (unmet,) = why_not(instance, (Route(0, ((0, 1),)),))
    assert (unmet.stop, unmet.late_s) == (1, 7.0)


def test_a_plan_that_serves_all_needs_nothing():
    assert why_not(line(Vehicle((9.0,)), (0.0, 90.0)), (Route(0, ((0,),)),)) == ()


def test_every_confirmed_change_lets_a_feasible_plan_exist():
    instance = random_instance(6, 3, n_vehicles=1)
    plan = hybrid.solve(instance, Stop(iterations=500)).plan
    found = why_not(instance, plan)
    assert found
    assert cheapest(instance) == float("inf")
    for unmet in found:
        others = {other.stop for other in found} - {unmet.stop}
        for remedy in unmet.remedies:
            if remedy.confirmed and remedy.rule == "vehicle":
                vans = (*instance.vehicles, instance.vehicles[remedy.vehicle])
                stops = tuple(replace(s, prize=0.0) if n in others else s for n, s in enumerate(instance.stops))
                assert cheapest(replace(instance, vehicles=vans, stops=stops)) < float("inf")
    assert not evaluate(instance, plan).feasible
