"""Batches by plan: exact traces of a picker in four aisles, and what holds for every policy and routing."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release, WalkedTour
from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.domain.staff import Skill
from fulfillsim.domain.work import Station, WorkTime
from fulfillsim.errors import InputError, SimulationError
from fulfillsim.optim.pick_routing import ROUTING
from fulfillsim.policies import batching
from fulfillsim.policies.batching import BATCHING, PLANNING
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import ALL_DAY, ONE, bench_world, rows_of, tape_of
from fulfillsim.testing.worlds import catalog_of, days_of

AISLES = RectangularLayout(n_aisles=4, n_cells=10, aisle_spacing_m=3.0, cell_m=1.0, end_m=1.0)
NEAR = {0: (0, 2.0), 1: (0, 4.0), 2: (3, 2.0), 3: (3, 4.0), 4: (1, 2.0)}
"""Where the SKUs of the hand-made orders lie."""


def warehouse(batch, routing="exact", layout=AISLES, discipline="fifo", slots=NEAR, heads=1, **parts):
    days = days_of(1)
    aisle = np.array([aisle for aisle, _ in slots.values()], np.int32)
    position_m = np.array([metres for _, metres in slots.values()])
    catalog = replace(catalog_of(len(slots)), aisle=aisle, position_m=position_m)
    tour = WalkedTour(layout, routing, setup_s=10.0, search_s=5.0, unit_s=0.0)
    zone = PickZone("picking", Station("picking", None, discipline))
    plan = Fulfillment(Release(), Picking((zone,), batch, tour, **parts), ())
    world = bench_world(days, ALL_DAY, heads=heads, catalog=catalog, fulfillment=plan)
    return replace(world, staff=(replace(world.staff[0], skills=(Skill("picking"),)),))


def batches_of(trace):
    tours = {}
    for tour, order in rows_of(trace, "tour_orders", "tour", "order"):
        tours.setdefault(tour, []).append(order)
    return list(tours.values())


ONE_LINE = {
    name: [[(sku, 1)] for sku in skus] for name, skus in {"a c b d": (0, 2, 1, 3), "mixed": (0, 1, 2, 4)}.items()
}


def test_an_idle_picker_takes_the_best_batches_of_all_that_come_in_one_second():
    trace = run(warehouse(Batch("cw2", max_orders=2)), tape_of([0.0] * 4, ONE_LINE["a c b d"]))
    assert batches_of(trace) == [[0, 2], [1, 3]]
    rows = rows_of(trace, "tours", "distance_m", "usual_m", "setup_s", "walk_s", "search_s")
    # in and out of one aisle; as usual both aisles of each pair of comers would be walked through
    assert rows == [(8.0, 40.0, 10.0, 8.0, 10.0), (26.0, 40.0, 10.0, 26.0, 10.0)]
    assert rows_of(trace, "visits", "started_s", "ended_s") == [(0.0, 28.0), (28.0, 74.0)]


def test_first_come_takes_the_first_alone_and_is_what_savings_are_measured_by():
    trace = run(warehouse(Batch(max_orders=2)), tape_of([0.0] * 4, ONE_LINE["a c b d"]))
    assert batches_of(trace) == [[0], [1, 2], [3]]
    # an s-shape turns round in the last of an odd number of aisles
    assert rows_of(trace, "tours", "distance_m", "usual_m") == [(4.0, 4.0), (30.0, 40.0), (26.0, 26.0)]
    plain = run(warehouse(Batch(max_orders=2), "s_shape"), tape_of([0.0] * 4, ONE_LINE["a c b d"]))
    assert {metres == usual for metres, usual in rows_of(plain, "tours", "distance_m", "usual_m")} == {True}


def test_a_plan_stands_until_orders_that_fill_a_cart_have_come():
    world = warehouse(Batch("cw2", max_orders=2))
    few = run(world, tape_of([0.0] * 4 + [1.0], [*ONE_LINE["mixed"], [(3, 1)]]))
    assert batches_of(few) == [[0, 1], [2, 3], [4]]
    many = run(world, tape_of([0.0] * 4 + [1.0, 1.0], [*ONE_LINE["mixed"], [(3, 1)], [(4, 1)]]))
    assert batches_of(many) == [[0, 1], [2, 4], [3, 5]]


def test_a_plan_is_made_for_the_head_of_the_queue_only():
    lines = [[(sku, 1)] for sku in (0, 2, 3, 1)]
    assert batches_of(run(warehouse(Batch("cw2", max_orders=2)), tape_of([0.0] * 4, lines))) == [[0, 3], [1, 2]]
    near = run(warehouse(Batch("cw2", max_orders=2, look_ahead=3)), tape_of([0.0] * 4, lines))
    assert batches_of(near) == [[0], [1, 2], [3]]


def test_the_batch_with_the_most_urgent_order_goes_first():
    world = warehouse(Batch("cw2", max_orders=2), discipline="priority")
    trace = run(world, tape_of([0.0] * 4, ONE_LINE["a c b d"], priority=[1, 1, 1, 0]))
    assert batches_of(trace) == [[1, 3], [0, 2]] or batches_of(trace) == [[3, 1], [0, 2]]


def test_an_order_larger_than_the_cart_goes_alone():
    lines = [[(0, 5)], [(0, 1)], [(1, 1)]]
    trace = run(warehouse(Batch("cw2", max_orders=None, max_units=2)), tape_of([0.0] * 3, lines))
    assert sorted(batches_of(trace)) == [[0], [1, 2]]


def test_pickers_wait_until_enough_orders_are_there():
    world = warehouse(Batch("cw2", max_orders=3, min_orders=3))
    trace = run(world, tape_of([0.0, 10.0, 20.0, 30.0], [[(0, 1)]] * 4))
    assert rows_of(trace, "visits", "started_s") == [(20.0,)]


SLOTS = {sku: (sku % 4, 1.0 + sku % 10) for sku in range(40)}
LIMITS = Batch(max_orders=6, max_lines=9, max_units=15, max_weight_kg=6.0)


def busy_tape(seed=1):
    rng = np.random.default_rng(seed)
    lines = [[(int(s), int(u)) for s, u in rng.integers((0, 1), (40, 4), (n, 2))] for n in rng.integers(1, 4, 120)]
    return tape_of(np.sort(rng.uniform(0.0, 1200.0, 120)), lines, seed=seed)


@pytest.mark.parametrize("policy", BATCHING)
def test_every_order_is_picked_once_and_no_cart_is_too_full(policy):
    world = warehouse(replace(LIMITS, policy=policy, budget=500), slots=SLOTS, heads=2)
    tape = busy_tape()
    trace = run(world, tape)
    batches = batches_of(trace)
    assert sorted(order for batch in batches for order in batch) == list(range(120))
    units, n_lines = tape.n_units, tape.n_lines
    for batch in batches:
        assert len(batch) <= 6
        assert n_lines[batch].sum() <= 9
        assert units[batch].sum() * 0.5 <= 6.0


@pytest.mark.parametrize("policy", PLANNING)
def test_planning_walks_less_than_first_come_and_is_repeated_bit_by_bit(policy):
    world = warehouse(Batch(policy, max_orders=6, budget=500), slots=SLOTS, heads=2)
    once, again = (run(world, busy_tape()).columns("tours") for _ in range(2))
    assert all(np.array_equal(once[column], again[column]) for column in once)
    assert once["distance_m"].sum() < once["usual_m"].sum()


def test_draws_of_a_policy_follow_seed_and_decision():
    seen = []

    class Looks:
        def plan(self, queue):
            seen.append(queue.seed)
            return tuple((order,) for order in range(queue.orders.n_orders))

    world = warehouse(Batch("looks", max_orders=2), slots=SLOTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(batching.PLANNING, "looks", Looks)
        for seed in (1, 1, 2):
            run(world, busy_tape(seed))
            seen.append(None)
    first, second, third, _ = " ".join(map(str, seen)).split("None")
    assert first.split() == second.split()
    assert len(set(first.split())) == len(first.split()) > 5
    assert not set(first.split()) & set(third.split())


@pytest.mark.parametrize(
    ("plan", "rule"),
    [(lambda n: ((0,),) * 2, "hold each of 2 orders once"), (lambda n: (tuple(range(n)),), "orders on a cart")],
)
def test_a_policy_that_forgets_orders_or_overfills_a_cart_is_stopped(plan, rule, monkeypatch):
    class Broken:
        def plan(self, queue):
            return plan(queue.orders.n_orders)

    monkeypatch.setitem(batching.PLANNING, "broken", Broken)
    with pytest.raises(SimulationError, match=rule):
        run(warehouse(Batch("broken", max_orders=1)), tape_of([0.0, 0.0], [[(0, 1)], [(1, 1)]]))


def test_a_plan_needs_tours_that_are_walked():
    world = warehouse(Batch("cw2"))
    zone = PickZone("picking", Station("picking", WorkTime(60.0, ONE)))
    picking = replace(world.fulfillment.picking, tour=None, zones=(zone,))
    with pytest.raises(InputError, match="'cw2': needs walked tours"):
        run(replace(world, fulfillment=replace(world.fulfillment, picking=picking)), tape_of([0.0], [[(0, 1)]]))


@pytest.mark.parametrize("n_blocks", [1, 2, 3])
def test_exact_tours_of_the_same_batches_are_never_longer_than_usual(n_blocks):
    layout = replace(AISLES, n_blocks=n_blocks)
    world = warehouse(Batch(max_orders=6), "exact", layout, slots=SLOTS)
    tours = run(world, busy_tape()).columns("tours")
    assert (tours["distance_m"] <= tours["usual_m"] + 1e-9).all()
    assert tours["distance_m"].sum() < tours["usual_m"].sum()


@pytest.mark.parametrize("routing", [name for name in ROUTING if name != "ortools"])
def test_every_routing_picks_all_orders(routing):
    trace = run(warehouse(Batch(max_orders=6), routing, slots=SLOTS), busy_tape())
    assert sorted(order for batch in batches_of(trace) for order in batch) == list(range(120))
    tours = trace.columns("tours")
    assert np.array_equal(tours["walk_s"], tours["distance_m"])  # a metre a second


def test_computing_time_is_told_apart_and_changes_nothing():
    world = warehouse(Batch("cw2", max_orders=6), slots=SLOTS)
    trace = run(world, busy_tape())
    assert trace.computing.n_routed == len(batches_of(trace))
    assert trace.computing.n_plans > 0
    assert trace.computing.plan_s > 0.0
    plain = run(warehouse(Batch(max_orders=6), "s_shape", slots=SLOTS), busy_tape()).computing
    assert (plain.n_plans, plain.n_routed) == (0, 0)
