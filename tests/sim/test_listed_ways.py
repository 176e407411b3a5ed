"""Own vans whose ways come from a list: the same roads as on a map, and roads that differ by direction."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.fleet import Ways
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import rows_of
from fulfillsim.testing.own_vans import NINE, VAN, driving, monday

KM = np.array([[0.0, 6.0, 10.0], [6.0, 0.0, 8.0], [10.0, 8.0, 0.0]])
"""Depot, the customer in the east, the one in the north: the map of `driving`, at 100 s a kilometer."""


def listed(km, seconds_per_km=100.0, vans=(VAN,), **changes):
    ways = Ways(1000.0 * np.array(km), seconds_per_km * np.array(km))
    places = {"depot_m": (0.0, 0.0), "zone_m": np.array([[1.0, 0.0], [2.0, 0.0]]), "ways": ways}
    world = driving(vans=vans)
    fleet = replace(world.delivery.fleet, **places, **changes)
    return replace(world, delivery=replace(world.delivery, fleet=fleet))


@pytest.mark.parametrize("speeds", [(), ((0.0, 1.0), (NINE + 700.0, 0.5))])
def test_a_list_that_says_what_the_map_says_gives_the_same_routes(speeds):
    on_map, by_list = run(driving(speeds=speeds), monday()), run(listed(KM, speeds=speeds), monday())
    for table in ("routes", "stops", "parcels"):
        for name, column in on_map.columns(table).items():
            np.testing.assert_allclose(by_list.columns(table)[name], column, err_msg=f"{table}.{name}")


def test_ways_that_differ_by_direction_decide_which_customer_comes_first():
    """By the north first 3 + 8 + 6 km, by the east first 6 + 8 + 10 km."""
    km = KM.copy()
    km[0, 2] = 3.0
    trace = run(listed(km), monday())
    assert rows_of(trace, "stops", "order", "begun_s") == [(1, NINE + 300.0), (0, NINE + 1300.0)]
    assert rows_of(trace, "routes", "distance_m", "end_s") == [(17_000.0, NINE + 2100.0)]


def test_customers_of_one_place_are_as_far_apart_as_the_list_says():
    """Orders 0 and 2 live in the east, 500 m from each other."""
    km = KM.copy()
    km[1, 1] = 0.5
    tape = monday(3)
    tape = replace(tape, zone=np.zeros(3, np.int16))
    trace = run(listed(km), tape)
    begun_s = [time_s for (time_s,) in rows_of(trace, "stops", "begun_s")]
    assert begun_s == [NINE + 600.0, NINE + 850.0, NINE + 1100.0]
    assert rows_of(trace, "routes", "distance_m") == [(13_000.0,)]


def test_a_van_begins_and_ends_at_a_place_of_the_list():
    """A fourth place, 2 km from the depot and 1 km from the customer in the east."""
    km = np.zeros((4, 4))
    km[:3, :3] = KM
    km[3], km[:, 3] = [2.0, 1.0, 9.0, 0.0], [2.0, 1.0, 9.0, 0.0]
    van = replace(VAN, starts_m=(3.0, 0.0), ends_m=(3.0, 0.0))
    trace = run(listed(km, vans=(van,)), replace(monday(1), zone=np.zeros(1, np.int16)))
    assert rows_of(trace, "routes", "distance_m", "start_s", "end_s") == [(9000.0, NINE - 200.0, NINE + 900.0)]
