"""The whole journey on a little warehouse: nothing is lost, and the same seed gives the same bits."""

import gc
from itertools import pairwise

import numpy as np
import pytest

from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.sim import run
from fulfillsim.sim.model import Model
from fulfillsim.tape import draw_tape
from fulfillsim.testing.warehouse import little_warehouse

ENDS = (
    Milestone.DUPLICATE,
    Milestone.REFUSED,
    Milestone.OUT_OF_STOCK,
    Milestone.HUNG_UP,
    Milestone.BLOCKED,
)


@pytest.fixture(scope="module")
def world():
    return little_warehouse(0.1, n_window=3, n_warm_up=2)


@pytest.fixture(scope="module")
def trace(world):
    return run(world, draw_tape(world, 1, 0))


def test_the_same_seed_gives_the_same_bits(world, trace):
    again = run(world, draw_tape(world, 1, 0))
    for table in trace.tables:
        one, other = trace.columns(table), again.columns(table)
        assert all(np.array_equal(one[c], other[c], equal_nan=True) for c in one), table


def models():
    return [thing for thing in gc.get_objects() if isinstance(thing, Model)]


def test_a_replication_leaves_nothing_behind_but_its_trace(world):
    others = models()  # of tests before that a traceback or a fixture still holds
    gc.set_threshold(10_000_000)  # nobody cleans up by chance
    try:
        kept = run(world, draw_tape(world, 1, 0))
        assert [model for model in models() if all(model is not other for other in others)] == []
        assert len(kept.tables["visits"]) > 0
    finally:
        gc.set_threshold(700, 10, 10)


def test_every_order_ends_once_or_is_somewhere(world, trace):
    milestones = trace.columns("milestones")
    ended = milestones["order"][np.isin(milestones["kind"], ENDS)]
    shipped = trace.columns("parcels")["order"]
    assert len(set(ended)) == len(ended)
    assert len(set(shipped)) == len(shipped)
    assert not set(ended) & set(shipped)
    placed = np.flatnonzero(trace.tape.placed_s < world.days.window_end_s)
    settled = len(set(placed.tolist()) & {int(o) for o in (*ended, *shipped)})
    assert settled > 0.9 * len(placed)


def test_stock_never_falls_below_nothing_and_adds_up(trace):
    moves = trace.columns("stock")
    sku, units, kind = moves["sku"].astype(int), moves["units"], moves["kind"]
    sign = np.select([kind == StockMove.PUT_AWAY, kind == StockMove.RESERVED], [1.0, -1.0], 0.0)
    for number in np.unique(sku):
        free = trace.stock_start[number] + np.cumsum((sign * units)[sku == number])
        assert (free >= 0).all()


def test_no_parcel_leaves_before_its_order_is_accepted_picked_and_staged(trace):
    milestones = trace.columns("milestones")
    parcels = trace.columns("parcels")

    def first(kind):
        rows = milestones["kind"] == kind
        times = np.full(len(trace.tape), np.inf)
        np.minimum.at(times, milestones["order"][rows].astype(int), milestones["time_s"][rows])
        return times[parcels["order"].astype(int)]

    stages = [Milestone.RECEIVED, Milestone.CLEARED, Milestone.ACCEPTED, Milestone.ALLOCATED, Milestone.RELEASED]
    times = [first(kind) for kind in (*stages, Milestone.PICKED)]
    times += [parcels["staged_s"], parcels["departed_s"], parcels["attempted_s"]]
    for before, after in pairwise(times):
        assert (before <= after).all()
    delivered = ~np.isnan(parcels["delivered_s"])
    assert (parcels["attempted_s"] <= parcels["delivered_s"])[delivered].all()


def test_pick_rates_are_results_within_the_range_that_planners_know(world, trace):
    tours = trace.columns("tours")
    seconds = tours["setup_s"] + tours["walk_s"] + tours["search_s"]
    lines_per_hour = tours["n_lines"].sum() / seconds.sum() * 3600.0
    assert 60.0 <= lines_per_hour <= 180.0


def test_agents_answer_orders_and_questions_in_one_queue(trace):
    visits = trace.columns("visits")
    agents = next(i for i, s in enumerate(trace.stations) if s.name == "agents")
    items = visits["item"][visits["station"] == agents]
    assert (items < 0).any()
    assert (items >= 0).any()
