import math
from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.kpi import compute

H, D = 3600.0, 86_400.0
NAN = math.nan


def shipped(trace, order, due, departed):
    trace.promise(order, made=D, due=due, promise=3.5 * D)
    if departed is not None:
        trace.parcel(order, departed, departed + D)


def promised(trace, order, promise, delivered, **more):
    trace.promise(order, made=D, due=1.5 * D, promise=promise)
    if delivered is not None:
        trace.parcel(order, 1.5 * D, delivered, **more)


def test_on_time_shipment_counts_orders_due_in_the_window(world, trace, kpis):
    shipped(trace, 0, due=2 * D, departed=2 * D)  # with the very truck
    shipped(trace, 1, due=2 * D, departed=2 * D + 60)  # a minute late
    shipped(trace, 2, due=2 * D, departed=None)  # overdue and open
    shipped(trace, 3, due=3 * D, departed=2 * D)  # due after the window: not of this cohort
    assert kpis(world, trace)["on_time_shipment"] == pytest.approx(1 / 3)


def test_a_later_promise_does_not_move_the_due_departure(world, trace, kpis):
    shipped(trace, 0, due=2 * D, departed=2.5 * D)
    trace.promise(0, made=2 * D, due=2.9 * D, promise=3.9 * D)
    assert kpis(world, trace)["on_time_shipment"] == 0.0


def test_the_last_parcel_decides_on_time_shipment(world, new_trace, kpis):
    trace = new_trace(n=1, units=(2,))
    shipped(trace, 0, due=2 * D, departed=1.9 * D)
    trace.parcel(0, 2.1 * D, 3 * D)
    assert kpis(world, trace)["on_time_shipment"] == 0.0


def test_cancelled_by_the_seller_is_late_and_by_the_customer_is_left_out_and_counted(world, trace, kpis):
    shipped(trace, 0, due=2 * D, departed=1.5 * D)
    shipped(trace, 1, due=2 * D, departed=None)
    trace.order(1, refused=1.2 * D)
    shipped(trace, 2, due=2 * D, departed=None)
    trace.order(2, duplicate=1.2 * D)
    values = kpis(world, trace)
    assert values["on_time_shipment"] == 0.5
    assert (values["n_due"], values["n_withdrawn"]) == (2, 1)


def test_an_open_order_whose_date_has_not_passed_is_undecided_and_counted(world, new_trace, kpis):
    trace = new_trace(end_s=2.5 * D)
    shipped(trace, 0, due=2 * D, departed=2 * D)
    shipped(trace, 1, due=2.4 * D, departed=None)  # passed: late
    shipped(trace, 2, due=2.6 * D, departed=None)  # undecided
    values = kpis(world, trace)
    assert values["on_time_shipment"] == 0.5
    assert values["n_undecided_shipment"] == 1


def test_a_promised_date_ends_at_midnight_and_not_before(world, trace, kpis):
    promised(trace, 0, promise=2 * D + 12 * H, delivered=3 * D - 1)  # 23:59:59 of that date
    promised(trace, 1, promise=2 * D + 12 * H, delivered=3 * D)  # midnight is the next day
    values = kpis(world, trace)
    assert values["on_time_delivery"] == 0.5
    assert values["on_time_delivery_time_stamp"] == 0.0


def test_on_time_delivery_goes_by_the_first_promise_and_the_last_has_its_own_name(world, trace, kpis):
    promised(trace, 0, promise=2.5 * D, delivered=3.5 * D)
    trace.promise(0, made=2 * D, due=2.9 * D, promise=3.9 * D)
    values = kpis(world, trace)
    assert (values["on_time_delivery"], values["on_time_delivery_last_promise"]) == (0.0, 1.0)


def test_a_lost_order_is_late_before_its_date_has_passed(world, new_trace, kpis):
    trace = new_trace(end_s=2.1 * D)
    promised(trace, 0, promise=2.5 * D, delivered=NAN, attempted=2.2 * D, lost=1)
    promised(trace, 1, promise=2.5 * D, delivered=None)
    values = kpis(world, trace)
    assert values["on_time_delivery"] == 0.0
    assert (values["n_undecided_delivery"], values["n_late_delivery"]) == (1, 1)


def test_otif_is_per_order_and_no_product_of_rates(world, trace, kpis):
    promised(trace, 0, promise=2.5 * D, delivered=2.5 * D)
    promised(trace, 1, promise=2.5 * D, delivered=2.5 * D, wrong=1)  # on time, not right
    promised(trace, 2, promise=2.5 * D, delivered=3.5 * D, wrong=1)  # neither
    promised(trace, 3, promise=2.5 * D, delivered=2.6 * D)
    values = kpis(world, trace)
    assert values["on_time_delivery"] == 0.75
    assert values["otif"] == 0.5  # the product would be 0.75 * 0.5


def test_a_second_parcel_after_the_promise_spoils_otif(world, new_trace, kpis):
    trace = new_trace(n=1, units=(2,))
    promised(trace, 0, promise=2.5 * D, delivered=2.5 * D)
    trace.parcel(0, 2.5 * D, 3.2 * D)
    assert kpis(world, trace)["otif"] == 0.0


def test_a_wrong_address_spoils_the_perfect_order_but_not_otif(world, trace, kpis):
    promised(trace, 0, promise=3 * D - 1, delivered=2.9 * D, attempted=2.1 * D)
    promised(trace, 1, promise=3 * D - 1, delivered=2.9 * D, attempted=2.1 * D)
    trace.tape.capture_error[0] = True
    values = kpis(world, trace)
    assert (values["otif"], values["perfect_order"]) == (1.0, 0.5)


def test_the_carrier_is_measured_by_its_working_days_from_the_actual_pickup(world, new_trace, kpis):
    trace = new_trace()
    friday = 4  # day 4 of a run that begins on Monday
    world = replace(world, days=replace(world.days, n_warm_up=4))
    late_start = friday * D + 18 * H
    trace.parcel(0, late_start, 7 * D + 10 * H, service=0)  # north rests at the weekend: Monday is one day
    trace.parcel(1, late_start, 7 * D + 10 * H, service=1)  # south does not: Saturday was
    trace.parcel(2, late_start, 7 * D + 10 * H, attempted=5 * D + 9 * H, service=1)  # tried in time
    trace.parcel(3, late_start, NAN, attempted=5 * D, service=1, lost=1)
    values = kpis(world, trace, "carrier")
    assert values["carrier_on_time", "north"] == 1.0
    assert values["carrier_on_time", "south"] == pytest.approx(1 / 3)


def test_promised_lead_time_runs_from_placing_to_the_first_promise(world, trace, kpis):
    for order, days in enumerate((1, 2, 3, 4)):
        trace.order(order, accepted=D + 2 * H)
        trace.promise(order, made=D + 2 * H, due=2 * D, promise=trace.tape.placed_s[order] + days * D)
    values = kpis(world, trace)
    assert (values["promised_lead_time_mean"], values["promised_lead_time_p90"]) == (2.5, 4.0)


def test_cycle_time_belongs_to_orders_received_in_the_window_and_censors_open_ones(world, new_trace, kpis):
    trace = new_trace(end_s=D + 30 * H)
    for order, hours in enumerate((10, 20, 40)):
        trace.order(order, received=D)
        if hours <= 20:
            trace.parcel(order, D + H, D + hours * H)
    trace.order(3, received=D - 1)  # of the warm-up
    trace.parcel(3, D, D + H)
    values = kpis(world, trace)
    # Kaplan-Meier by hand: 2/3 go on after 10 h, 1/3 after 20 h, the last is open at 30 h.
    assert (values["order_cycle_time_p50"], values["order_cycle_time_p90"]) == (20.0, math.inf)
    assert values["n_censored"] == 1
    assert math.isnan(values["order_cycle_time_mean"])
    assert values["order_cycle_time_restricted_mean"] == pytest.approx((10 + 20 + 30) / 3)


def test_cycle_time_leaves_cancelled_orders_out_and_never_ends_for_lost_ones(world, trace, kpis):
    for order in range(4):
        trace.order(order, received=D)
    trace.parcel(0, D + H, D + 5 * H)
    trace.parcel(1, D + H, D + 6 * H)
    trace.parcel(2, D + H, NAN, attempted=D + 4 * H, lost=1)
    trace.order(3, refused=D + H)
    values = kpis(world, trace)
    assert (values["order_cycle_time_p50"], values["order_cycle_time_p90"]) == (6.0, math.inf)
    assert values["n_cancelled.refused"] == 1


def test_stage_times_add_up_along_one_order(world, new_trace, kpis):
    trace = new_trace(n=1)
    trace.order(0, received=D, accepted=D + H, released=D + 3 * H, staged=D + 6 * H)
    trace.parcel(0, D + 10 * H, D + 15 * H)
    values = kpis(world, trace)
    names = ("acceptance", "release", "staging", "departure", "delivery")
    assert [values[f"time_to_{name}_p50"] for name in names] == [1, 2, 3, 4, 5]
    assert values["order_cycle_time_p50"] == 15


def test_fill_at_acceptance_counts_what_had_to_wait_or_was_lost(world, new_trace, kpis):
    trace = new_trace(units=(2, 3, 1, 4))
    for order in (0, 2):
        trace.order(order, received=D, accepted=D, allocated=D)
    trace.order(1, received=D, accepted=D, backordered=D)
    trace.stock("backordered", 3, D)
    trace.add("backorders", 1, 0, 3, D)
    trace.order(3, received=D, out_of_stock=D)
    values = kpis(world, trace)
    assert values["order_fill"] == 0.5
    assert values["line_fill"] == 0.5
    assert values["fill_rate"] == pytest.approx(3 / 10)
    rates = {v.cut["zone"]: v.value for v in compute(world, trace, by=("zone",)) if v.name == "fill_rate"}
    assert list(rates.values()) == [1.0, 0.0]  # orders 0 and 2 were filled, 1 and 3 were not


def test_fill_by_departure_counts_units_that_made_the_due_truck(world, new_trace, kpis):
    trace = new_trace(n=2, units=(3, 1))
    shipped(trace, 0, due=2 * D, departed=None)
    trace.parcel(0, 2 * D, 3 * D, units=2)
    trace.parcel(0, 2.5 * D, 3 * D, units=1)
    shipped(trace, 1, due=2 * D, departed=2 * D)
    values = kpis(world, trace)
    assert values["order_fill_by_departure"] == 0.5
    assert values["unit_fill_by_departure"] == 0.75


def test_contacts_and_notices_are_counted_on_the_orders_received(world, trace, kpis):
    trace.order(0, received=D)
    trace.order(1, received=D)
    trace.order(2, received=0.5 * D)
    trace.contact(0, 3.5 * D)  # after the window, about an order of it
    trace.contact(2, 2 * D)  # in the window, about an order before it
    for order in (0, 0, 1):
        trace.add("notices", order, 0, 2 * D)
    values = kpis(world, trace)
    assert values["contacts_per_100_orders"] == 50.0
    assert values["notices_per_order"] == 1.5
    assert values["n_contacts.late"] == 1


def test_an_empty_window_has_no_shares_and_counts_of_zero(world, trace, kpis):
    values = kpis(world, trace)
    assert np.isnan([values[name] for name in ("otif", "on_time_shipment", "carrier_on_time", "fill_rate")]).all()
    assert (values["n_received"], values["throughput"], values["total_cost"] >= 0) == (0, 0, True)
