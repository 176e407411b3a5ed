import numpy as np

from fulfillsim.kpi import Status, find_journeys
from fulfillsim.kpi.journeys import PLACES

H, D = 3600.0, 86_400.0


def test_an_order_is_shipped_and_delivered_with_its_last_parcel(world, new_trace):
    trace = new_trace(n=1, units=(3,))
    trace.parcel(0, 2 * D, 3 * D, units=2, service=1)
    trace.parcel(0, 1.5 * D, 3.5 * D, units=1, service=0)
    j = find_journeys(world, trace)
    assert (j.shipped_s[0], j.delivered_s[0]) == (2 * D, 3.5 * D)
    assert (j.carrier[0], j.n_parcels[0], j.units_shipped[0]) == (1, 2, 3)
    assert j.status[0] == Status.DELIVERED


def test_an_order_with_a_unit_still_here_is_open_though_a_parcel_of_it_arrived(world, new_trace):
    trace = new_trace(n=1, units=(3,))
    trace.order(0, received=D, accepted=D, backordered=D, allocated=D, released=D, picked=D, staged=D)
    trace.parcel(0, 2 * D, 3 * D, units=2)
    j = find_journeys(world, trace)
    assert np.isnan(j.shipped_s[0])
    assert np.isnan(j.delivered_s[0])
    assert j.status[0] == Status.OPEN
    assert PLACES[j.place[0]] == "backorder"


def test_a_lost_parcel_loses_the_order(world, new_trace):
    trace = new_trace(n=1, units=(2,))
    trace.parcel(0, 2 * D, 3 * D)
    trace.parcel(0, 2 * D, np.nan, attempted=3 * D, lost=1)
    j = find_journeys(world, trace)
    assert j.status[0] == Status.LOST
    assert j.shipped_s[0] == 2 * D
    assert np.isnan(j.delivered_s[0])


def test_the_first_promise_stays_and_the_last_is_kept_beside_it(world, trace):
    trace.promise(0, made=D + 2 * H, due=2 * D, promise=3 * D)
    trace.promise(0, made=D + H, due=1.8 * D, promise=2.5 * D)
    j = find_journeys(world, trace)
    assert (j.promise_s[0], j.due_departure_s[0], j.last_promise_s[0]) == (2.5 * D, 1.8 * D, 3 * D)


def test_repeated_milestones_count_first_for_reserving_and_last_for_staging(world, trace):
    for hour in (5, 3, 4):
        trace.order(0, allocated=hour * H, staged=hour * H)
    j = find_journeys(world, trace)
    assert (j.allocated_s[0], j.reallocated_s[0], j.staged_s[0]) == (3 * H, 5 * H, 5 * H)


def test_without_delivery_an_order_is_shipped_when_it_left(bare_world, trace):
    trace.order(0, received=D, left=2 * D)
    j = find_journeys(bare_world, trace)
    assert j.shipped_s[0] == 2 * D
    assert j.status[0] == Status.LEFT


def test_open_orders_stand_where_their_last_milestone_led_them(world, trace):
    trace.order(1, received=D, held=D)
    trace.order(2, received=D, cleared=D, accepted=D, backordered=D)
    trace.order(3, received=D, cleared=D, accepted=D, backordered=D, allocated=2 * D, released=2 * D)
    assert [PLACES[p] for p in find_journeys(world, trace).place] == ["receipt", "hold", "backorder", "picking"]


def test_the_reason_of_a_cancellation_is_the_status(world, trace):
    trace.order(0, received=D, duplicate=D + 1)
    trace.order(1, hung_up=D + 2)
    trace.order(2, received=D, out_of_stock=D + 3)
    trace.order(3, received=D, refused=D + 4)
    j = find_journeys(world, trace)
    assert list(j.status) == [Status.DUPLICATE, Status.HUNG_UP, Status.OUT_OF_STOCK, Status.REFUSED]
    assert list(j.closed_s - D) == [1, 2, 3, 4]
    assert not j.place.any()
