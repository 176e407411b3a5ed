"""Orders at the dock by column against what each of them says."""

import numpy as np

from fulfillsim.sim.cartons import Bare
from fulfillsim.sim.order import Order
from fulfillsim.sim.waiting import Lot, Waiting
from fulfillsim.testing.by_hand import ALL_DAY, bench_world, tape_of
from fulfillsim.testing.worlds import days_of


def orders_of(n):
    orders = [Order(row, 0.0, 0, 0, row % 2, 0.0, row * 4, [], []) for row in range(n)]
    for order in orders:
        order.promise_s, order.due_departure_s = order.row * 10.0, order.row * 5.0
    return orders


def packing_of(n):
    return Bare(bench_world(days_of(3), ALL_DAY), tape_of([1.0] * n))


def says(lot):
    return list(
        zip(*(lot[name].tolist() for name in ("row", "service", "marks", "piece", "promise_s", "due_s")), strict=True)
    )


def expected(orders):
    return [(o.row, o.service, o.marks, o.n_parcel, o.promise_s, o.due_departure_s) for o in orders]


def test_those_who_stay_and_those_who_come_stand_in_the_order_in_which_they_came():
    orders, waiting = orders_of(6), Waiting(packing_of(6))
    for order in orders[:4]:
        waiting.add(order, 100.0 + order.row)
    waiting.lot = waiting.all().those(np.array([True, False, False, True]))
    for order in orders[4:]:
        waiting.add(order, 100.0 + order.row)
    lot, left = waiting.all(), [orders[0], *orders[3:]]
    assert list(lot.orders) == left
    assert says(lot) == expected(left)
    assert lot["staged_s"].tolist() == [100.0, 103.0, 104.0, 105.0]
    assert lot.boxes.order.tolist() == [0, 1, 2, 3]


def test_a_lot_of_given_orders_is_what_they_say():
    orders = orders_of(5)
    lot = Lot.of(orders, [1.0] * 5, packing_of(5))
    assert (len(lot), says(lot)) == (5, expected(orders))
    few = lot.those(np.array([False, True, False, True, False]))
    assert says(few) == expected([orders[1], orders[3]])
    assert few.boxes.order.tolist() == [0, 1]
