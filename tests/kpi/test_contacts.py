"""What customers are told and ask, on rows written down by hand."""

import pytest

from fulfillsim.errors import SimulationError
from fulfillsim.kpi import check_conservation

H, D = 3600.0, 86_400.0
PROMISE = 2 * D + 23 * H


def shipped(trace, order, came, **notices):
    trace.order(order, received=D)
    trace.promise(order, D, 1.5 * D, PROMISE)
    trace.parcel(order, 1.5 * D, came)
    for kind, time_s in notices.items():
        trace.notice(order, kind, time_s)


def test_a_promise_is_kept_if_the_parcel_comes_by_it_and_nothing_gave_cause_for_worry(world, trace, kpis):
    shipped(trace, 0, 2.5 * D, shipped=1.5 * D)
    shipped(trace, 1, 2.5 * D, delay=1.6 * D)  # in time after all
    shipped(trace, 2, 3.5 * D, eta_change=1.6 * D)  # late, as told
    shipped(trace, 3, 3.5 * D, delay=3 * D)  # late, and told when the promise had passed
    found = kpis(world, trace)
    assert (found["promises_kept"], found["surprises"], found["false_alarms"]) == (0.25, 0.25, 0.5)


def test_promise_accuracy_is_the_mean_signed_error_in_days_of_what_came(world, trace, kpis):
    shipped(trace, 0, 1.9 * D)  # a day early
    shipped(trace, 1, 2.1 * D)  # at any hour of the promised day
    shipped(trace, 2, 4.5 * D)  # two days late
    trace.order(3, received=D)
    trace.promise(3, D, 1.5 * D, PROMISE)
    trace.parcel(3, 1.5 * D, float("nan"), attempted=2.5 * D, lost=1)  # never
    assert kpis(world, trace)["promise_accuracy"] == pytest.approx((-1 + 0 + 2) / 3)


def test_contacts_that_were_settled_while_they_waited_are_counted_when_they_end(world, trace, kpis):
    for order, until in enumerate([1.6 * D, 1.7 * D, 3.5 * D]):
        trace.contact(order, 1.5 * D)
        trace.contact_end(order, "withdrawn" if order else "answered", until)
    found = kpis(world, trace)
    assert (found["n_contacts.late"], found["n_contacts.withdrawn"]) == (3, 1)


def test_a_contact_that_ends_twice_or_never_began_or_ends_before_is_refused(world, new_trace):
    trace = new_trace()
    trace.contact(0, 1.5 * D)
    trace.contact_end(0, "answered", 1.6 * D)
    check_conservation(world, trace)
    trace.contact_end(0, "hung_up", 1.7 * D)
    with pytest.raises(SimulationError, match="2 ends of what begins at most once"):
        check_conservation(world, trace)
    trace = new_trace()
    trace.contact_end(0, "answered", 1.6 * D)
    with pytest.raises(SimulationError, match="contact 0"):
        check_conservation(world, trace)
    trace = new_trace()
    trace.contact(0, 1.5 * D)
    trace.contact_end(0, "answered", 1.4 * D)
    with pytest.raises(SimulationError, match="before it begins"):
        check_conservation(world, trace)
