"""Arrays of an instance: neighbor lists, and how much memory a state takes."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.optim.delivery import savings
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.instance import Vehicle
from fulfillsim.optim.delivery.tables import least_of_each, make_tables
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.delivery import random_instance


@pytest.mark.parametrize("n_values", [3, 1000])
@pytest.mark.parametrize("n_kept", [0, 1, 7, 40])
def test_the_least_of_each_row_are_those_of_a_stable_sort(n_values, n_kept):
    values = np.random.default_rng(1).integers(0, n_values, (40, 40)).astype(float)
    values[3], values[5, 2:] = np.inf, np.inf
    assert (least_of_each(values, n_kept) == np.argsort(values, axis=1, kind="stable")[:, :n_kept]).all()


def test_stops_beside_are_the_nearest_with_waiting_and_lateness():
    """By the formula, pair by pair."""
    instance = random_instance(40, 3)
    there = np.array([[_apart(instance, i, j) for j in range(40)] for i in range(40)])
    wanted = np.argsort(there, axis=1, kind="stable")[:, :30]
    assert (make_tables(instance).beside - 1 == wanted).all()


def _apart(instance, i, j):
    if i == j:
        return np.inf
    return min(_one_way(instance, i, j), _one_way(instance, j, i))


def _one_way(instance, i, j):
    (opens, closes), (first, last) = instance.stops[i].windows_s[0], instance.stops[j].windows_s[0]
    drive = instance.travel.time_s[i + 1, j + 1] + instance.stops[i].service_s
    waits, late = max(0.0, first - drive - closes), max(0.0, opens + drive - last)
    return 0.2 * waits + instance.travel.distance_m[i + 1, j + 1] + late


@pytest.mark.parametrize("capacity", [9.0, 12.0, 1000.0])
def test_joined_routes_find_room_whatever_fits_on_a_van(capacity):
    instance = random_instance(30, 2, windows=False, n_vehicles=30, van=Vehicle((capacity,)))
    nothing = replace(instance, stops=tuple(replace(stop, demand=(0.0,)) for stop in instance.stops))
    for each in (instance, nothing):
        assert evaluate(each, savings.solve(each, Stop()).plan).feasible
