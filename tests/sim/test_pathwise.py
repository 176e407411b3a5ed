"""What holds on every path, with the tape fixed: more servers delay nobody in a first-come queue, no time gets lost."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fulfillsim.domain.records import Milestone
from fulfillsim.kpi import compute
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import run
from fulfillsim.tape import draw_tape
from fulfillsim.testing.metamorphic import small_baseline
from fulfillsim.testing.worlds import single_station

SHAPES = {
    "exponential": make("exponential", mean=1.0),
    "even": make("deterministic", mean=1.0),
    "wild": make("lognormal", mean=1.0, cv=3.0),
}
GAPS = {"poisson": None, "even": make("gamma", mean=120.0, cv=0.2), "bursts": make("gamma", mean=120.0, cv=3.0)}


def queue(servers, shape, gaps, load):
    """A single queue with 30 arrivals an hour for half a day and so many servers."""
    world = single_station(30.0, 120.0 * load, servers, 1, SHAPES[shape])
    channel = world.demand.channels[0]
    arrivals = replace(channel.arrivals, headway=GAPS[gaps])
    return replace(world, demand=replace(world.demand, channels=(replace(channel, arrivals=arrivals),)))


def moments(trace, column):
    visits = trace.columns("visits")
    times = np.full(len(trace.tape), np.inf)
    times[visits["item"].astype(int)] = visits[column]
    return times


@settings(max_examples=25)
@given(
    servers=st.integers(1, 6),
    shape=st.sampled_from(sorted(SHAPES)),
    gaps=st.sampled_from(sorted(GAPS)),
    load=st.sampled_from([0.5, 0.9, 1.3]),
    seed=st.integers(0, 2**32),
)
def test_one_more_server_in_a_first_come_queue_delays_nobody(servers, shape, gaps, load, seed):
    few, more = (queue(n, shape, gaps, servers * load) for n in (servers, servers + 1))
    tape = draw_tape(few, seed, 0)
    one, other = run(few, tape), run(more, tape)
    for column in ("started_s", "ended_s"):
        assert (moments(other, column) <= moments(one, column)).all()
    waits = moments(one, "started_s") - tape.placed_s
    assert (waits >= 0).all()
    began = moments(one, "started_s")
    assert (np.diff(began[np.isfinite(began)]) >= 0).all()


def test_servers_do_help_where_there_is_a_queue():
    few, more = queue(2, "exponential", "poisson", 1.9), queue(3, "exponential", "poisson", 1.9)
    tape = draw_tape(few, 1, 0)
    one, other = moments(run(few, tape), "ended_s"), moments(run(more, tape), "ended_s")
    assert (other + 60.0 < one).any()


@pytest.mark.parametrize("load", [0.5, 0.95, 1.5])
def test_the_integral_of_the_number_in_system_is_the_sum_of_the_times_in_system(load):
    world = queue(3, "wild", "bursts", 3 * load)
    trace = run(world, draw_tape(world, 4, 0))
    gone = np.minimum(moments(trace, "ended_s"), trace.end_s)
    steps = sorted([(t, 1) for t in trace.tape.placed_s] + [(t, -1) for t in gone])
    area = number = last = 0.0
    for time_s, change in steps:
        area, number, last = area + number * (time_s - last), number + change, time_s
    assert number == 0
    assert area == pytest.approx((gone - trace.tape.placed_s).sum(), rel=1e-9)


def test_the_orders_in_house_over_time_are_the_times_that_orders_spend_there():
    """Two roads: what the KPI averages over time, and the stretch of every order from receipt to its last way out."""
    world = small_baseline().world()
    trace = run(world, draw_tape(world, 2, 0))
    milestones, parcels = trace.columns("milestones"), trace.columns("parcels")
    came = milestones["kind"] == Milestone.RECEIVED
    closed = np.isin(milestones["kind"], [Milestone.DUPLICATE, Milestone.REFUSED, Milestone.OUT_OF_STOCK])
    order, shipped = parcels["order"].astype(int), np.zeros(len(trace.tape))
    np.add.at(shipped, order, parcels["units"])
    begin_s, end_s = world.days.window_start_s, world.days.window_end_s
    left_s = np.full(len(trace.tape), np.inf)
    left_s[milestones["order"][closed].astype(int)] = milestones["time_s"][closed]
    for row, departed_s in zip(order.tolist(), parcels["departed_s"].tolist(), strict=True):
        if shipped[row] == trace.tape.n_units[row]:
            left_s[row] = departed_s  # parcels are written in order of time: the last one stays
    rows, received_s = milestones["order"][came].astype(int), milestones["time_s"][came]
    inside = np.clip(left_s[rows], begin_s, end_s) - np.clip(received_s, begin_s, end_s)
    wip = next(value.value for value in compute(world, trace) if value.name == "wip")
    assert wip * (end_s - begin_s) == pytest.approx(inside.sum(), rel=1e-9)
