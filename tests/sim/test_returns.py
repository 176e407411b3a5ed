"""What customers send back: by itself or fetched by vans, looked at, and on the shelf again; moments by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.returns import Returns
from fulfillsim.domain.staff import Duty, Role, Shift, Skill
from fulfillsim.domain.work import Station, WorkTime
from fulfillsim.kpi import check_conservation
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.fleet import in_window, km_per_order
from fulfillsim.kpi.returns import collected, cycle_h, n_returns, restocked
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import run
from fulfillsim.sim.fleet.depot import FleetDepot
from fulfillsim.sim.fleet.parcel import Collection
from fulfillsim.testing.by_hand import (
    HOUR_S,
    ONE,
    bench_world,
    evenings,
    one_carrier,
    promising,
    rows_of,
    stocked,
    tape_of,
)
from fulfillsim.testing.own_vans import FREE, NINE, VAN, driving, monday
from fulfillsim.testing.worlds import DAY_S, catalog_of, days_of

DAYS = days_of(5, n_drain=5)
ALWAYS = (Duty(0.0, 10 * DAY_S),)
DESK = Station("returns", WorkTime(600.0, ONE, per_line_s=100.0, per_unit_s=10.0))
TEN, TUESDAY_NOON = 10 * HOUR_S, DAY_S + 12 * HOUR_S
WEDNESDAY = NINE + DAY_S


def taking_back(world, share=1.0, delay_h=2.0, **plan):
    """The world with a desk for returns that is always open."""
    desk = Role("desk", (Skill("returns"),), (Shift("always", 1, ALWAYS),))
    returns = Returns(share, make("deterministic", mean=delay_h * HOUR_S), DESK, **plan)
    return replace(world, staff=(*world.staff, desk), returns=returns)


def by_carrier(**parts):
    delivery = one_carrier(DAYS, evenings(DAYS), hours=(12.0, 12.0))
    return bench_world(DAYS, ALWAYS, processing=promising(DAYS), delivery=delivery, **parts)


def returned(trace):
    return rows_of(trace, "returns", "order", "asked_s", "arrived_s", "done_s")


def fetched(trace):
    """Stops at which something is fetched: order and begin."""
    return [row[1:] for row in rows_of(trace, "stops", "n_parcel", "order", "begun_s") if row[0] < 0]


def test_goods_come_back_after_a_delay_and_are_looked_at():
    """There on Tuesday noon, back at 14:00; two lines and five units take 600 + 200 + 50 s."""
    world = taking_back(by_carrier(catalog=catalog_of(2)))
    trace = run(world, tape_of([TEN], [[(0, 1), (1, 4)]]))
    back_s = TUESDAY_NOON + 2 * HOUR_S
    assert returned(trace) == [(0, back_s, back_s, back_s + 850.0)]
    facts = Facts(world, trace)
    assert (n_returns(facts), collected(facts), restocked(facts)) == (1.0, 0.0, 0.0)
    assert cycle_h(facts) == pytest.approx(850.0 / HOUR_S)
    check_conservation(world, trace)


def test_what_is_as_new_goes_to_who_waits_for_it():
    """The second order lacks both units that the first one has; it leaves on the evening on which they come back."""
    stock = stocked([2], rule="none", shortage="backorder")
    world = taking_back(by_carrier(catalog=catalog_of(1), inventory=stock))
    trace = run(world, tape_of([TEN, TEN + HOUR_S], [[(0, 2)], [(0, 2)]]))
    departed = dict(rows_of(trace, "parcels", "order", "departed_s"))
    assert departed == {0: 18 * HOUR_S, 1: DAY_S + 18 * HOUR_S}
    check_conservation(world, trace)
    worn = taking_back(by_carrier(catalog=catalog_of(1), inventory=stock), as_new_prob=0.0)
    trace = run(worn, tape_of([TEN, TEN + HOUR_S], [[(0, 2)], [(0, 2)]]))
    assert dict(rows_of(trace, "parcels", "order", "departed_s")) == {0: 18 * HOUR_S}


def test_a_desk_that_nobody_sends_anything_to_changes_nothing():
    tape = tape_of([TEN + i for i in range(9)])
    idle, plain = run(taking_back(by_carrier(), share=0.0), tape), run(by_carrier(), tape)
    assert returned(idle) == []
    for name, column in plain.columns("parcels").items():
        np.testing.assert_array_equal(idle.columns("parcels")[name], column)


def test_a_share_comes_back_and_it_is_the_same_one_whatever_else_changes():
    tape = tape_of([TEN + i for i in range(400)])
    some, later = (run(taking_back(by_carrier(), share=0.3, delay_h=h), tape) for h in (2.0, 5.0))
    orders = [row[0] for row in returned(some)]
    assert 90 <= len(orders) <= 150  # binomial, mean 120 and deviation 9.2: three deviations
    assert sorted(orders) == sorted(row[0] for row in returned(later))


def test_a_van_fetches_on_the_next_wave_and_the_goods_are_there_when_it_is_home():
    """Brought on Tuesday by 9:10 and 9:27 (or 9:17 and 9:33); on Wednesday one route of 24 km fetches both."""
    world = taking_back(driving(), collected_prob=1.0)
    trace = run(world, monday())
    stops = sorted(fetched(trace))
    assert [order for order, _ in stops] == [0, 1]
    assert {round(begun_s - WEDNESDAY) for _, begun_s in stops} in ({600, 1600}, {1000, 2000})
    home_s = rows_of(trace, "routes", "end_s")[1][0]
    assert home_s == WEDNESDAY + 2800.0
    assert [row[2] for row in returned(trace)] == [home_s, home_s]
    facts = Facts(world, trace)
    assert collected(facts) == 1.0
    assert in_window(facts) == 1.0
    assert km_per_order(facts) == pytest.approx(24.0)  # 48 km for the two that were brought
    check_conservation(world, trace)


def test_a_full_van_brings_before_it_fetches():
    """It holds one parcel: with one to bring to the north, 8 km behind the east, it passes the east on the way back."""
    world = taking_back(driving(vans=(replace(VAN, capacity=(1.0, 100.0, 100.0)),)), collected_prob=1.0)
    tape = replace(tape_of([TEN, DAY_S + TEN]), zone=np.array([0, 1], np.int16))
    trace = run(world, tape)
    wednesday = [row for row in rows_of(trace, "stops", "order", "n_parcel", "begun_s") if row[2] < WEDNESDAY + DAY_S]
    assert wednesday[1:] == [(1, 0, WEDNESDAY + 1000.0), (0, -1, WEDNESDAY + 2000.0)]


def test_what_a_van_has_no_room_to_fetch_waits_for_the_next_wave():
    """It holds one parcel: brought on Tuesday and Wednesday, fetched on Wednesday and Thursday."""
    world = taking_back(driving(vans=(replace(VAN, capacity=(1.0, 100.0, 100.0)),)), collected_prob=1.0)
    assert [int(begun_s // DAY_S) for _, begun_s in fetched(run(world, monday()))] == [2, 3]


def test_who_does_not_open_twice_sends_it_off_by_himself(monkeypatch):
    opens = FleetDepot.opens
    monkeypatch.setattr(FleetDepot, "opens", lambda self, p: not isinstance(p, Collection) and opens(self, p))
    world = taking_back(driving(), collected_prob=1.0)
    trace = run(world, monday(1))
    assert [begun_s for _, begun_s in fetched(trace)] == [WEDNESDAY + 600.0, WEDNESDAY + DAY_S + 600.0]
    assert [row[2] for row in returned(trace)] == [WEDNESDAY + DAY_S + 1400.0]
    assert collected(Facts(world, trace)) == 0.0
    check_conservation(world, trace)


def test_where_no_van_goes_it_comes_by_itself():
    """Vans go to the east alone; the north is served by a carrier."""
    world = driving()
    own, other = world.delivery, one_carrier(DAYS, evenings(DAYS), tariff=FREE, quoted_days=(1, 1))
    fleet = replace(own.fleet, zone_m=np.array([[6000.0, 0.0], [np.nan, np.nan]]))
    services = (replace(own.services[0], quoted_days=(0, -1)), replace(other.services[0], carrier=1))
    delivery = replace(own, fleet=fleet, carriers=(*own.carriers, *other.carriers), services=services)
    world = replace(world, delivery=delivery, processing=promising(DAYS, carrier_services=(0, 1)))
    trace = run(taking_back(world, collected_prob=1.0), monday())
    assert [order for order, _ in fetched(trace)] == [0]
    by_order = {row[0]: row[1:] for row in returned(trace)}
    assert by_order[1][0] == by_order[1][1]
    assert by_order[0][0] < by_order[0][1]
