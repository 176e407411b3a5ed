"""What single batching methods promise beyond the contract."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.layout import GraphLayout, RectangularLayout
from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.optim.batching import SOLVERS, Pickers, evaluate, from_orders, plan
from fulfillsim.optim.batching.encoding import encode, scratch_for, steps_m
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.local_search import anneal, start
from fulfillsim.optim.batching.partition import unit_of
from fulfillsim.optim.batching.plans import batches_of, least_batches
from fulfillsim.optim.pick_routing import ROUTING, PickList
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.batching import LAYOUT, random_instance, shortest_by_brute_force
from fulfillsim.testing.batching_instances import batching_like
from fulfillsim.testing.pick_routing import one_way_picks

STOP = Stop(iterations=2_000)


def value(instance, solver, routing="exact", stop=STOP):
    return evaluate(instance, SOLVERS[solver](instance, routing, stop).plan, routing).value


@pytest.mark.parametrize("routing", ["exact", "midpoint", "largest_gap", "combined"])
@pytest.mark.parametrize("seed", range(3))
def test_all_subsets_find_the_optimum(seed, routing):
    instance = random_instance(seed)
    solution = SOLVERS["subsets"](instance, routing, STOP)
    assert solution.status == "optimal"
    assert solution.lower_bound == pytest.approx(shortest_by_brute_force(instance, routing))


def test_all_subsets_of_many_orders_are_refused_with_a_reason():
    assert "too many" in SOLVERS["subsets"](random_instance(1, n_orders=30), "exact", STOP).message


@pytest.mark.parametrize("seed", range(2))
def test_column_generation_proves_the_optimum_of_a_small_instance(seed):
    instance = random_instance(seed, n_orders=14, capacity=7.0)
    solution = SOLVERS["column_generation"](instance, "exact", STOP)
    assert solution.status == "optimal"
    parts = [instance.subset(np.array(batch)) for batch in solution.plan]
    assert sum(shortest_by_brute_force(part, "exact") for part in parts) == pytest.approx(solution.lower_bound)


@pytest.mark.parametrize("routing", ["exact", "largest_gap", "midpoint", "return"])
def test_kernels_measure_sets_of_orders_as_routing_does(routing):
    from fulfillsim.optim.batching._kernels import measure_sets

    instance, rng = random_instance(9, n_orders=12), np.random.default_rng(1)
    walk, length = encode(instance, routing), Lengths(instance, routing)
    sets = [rng.permutation(12)[: rng.integers(1, 6)] for _ in range(40)]
    out = np.empty(len(sets))
    start = np.cumsum([0, *map(len, sets)]).astype(np.int64)
    measure_sets(walk, scratch_for(walk), start, np.concatenate(sets), out)
    assert out.tolist() == pytest.approx([length(s.tolist()) for s in sets])


@pytest.mark.parametrize("most_places", [0, 2000])
def test_sets_of_orders_are_as_long_from_one_matrix_of_distances_as_from_their_picks(most_places, monkeypatch):
    monkeypatch.setattr("fulfillsim.optim.batching.lengths.MOST_PLACES", most_places)
    ring, rng = one_way_picks().layout, np.random.default_rng(4)
    around = from_orders(ring, [[(int(v), 0.0) for v in rng.integers(0, 8, 3)] for _ in range(8)], capacity=9)
    for instance in (around, random_instance(4, n_orders=8)):
        length = Lengths(instance, "nearest_2opt")
        for _ in range(30):
            orders = rng.permutation(8)[: rng.integers(1, 5)].tolist()
            lines = instance.line_indices(tuple(orders))
            places = sorted(set(zip(instance.aisle[lines].tolist(), instance.position_m[lines].tolist(), strict=True)))
            tour = ROUTING["nearest_2opt"].route(PickList.of(instance.layout, places))
            assert length(orders) == pytest.approx(tour.length_m)


def test_aisles_with_more_places_than_bits_in_a_word_are_measured():
    layout = RectangularLayout(n_aisles=2, n_cells=200, aisle_spacing_m=3.0, cell_m=1.0, end_m=1.0)
    orders = [[(0, float(1 + i)), (1, float(200 - i))] for i in range(150)]
    instance = from_orders(layout, orders, capacity=300)
    walk = encode(instance, "exact")
    assert walk.n_words == 3
    length = Lengths(instance, "exact")
    assert walk.alone.tolist() == pytest.approx([length([order]) for order in range(150)])


def test_savings_join_two_orders_of_one_aisle_and_leave_the_third():
    instance = from_orders(LAYOUT, [[(0, 8.0)], [(3, 8.0)], [(0, 7.0)]], capacity=2)
    assert SOLVERS["cw2"](instance, "return", STOP).plan == ((0, 2), (1,))


def test_first_come_takes_orders_as_they_were_released():
    instance = replace(from_orders(LAYOUT, [[(0, 1.0)]] * 4, capacity=2), release_s=np.array([30.0, 0.0, 20.0, 10.0]))
    assert SOLVERS["first_come"](instance, "exact", STOP).plan == ((1, 3), (2, 0))


def test_earliest_due_puts_urgent_orders_together_and_first():
    instance = replace(from_orders(LAYOUT, [[(0, 1.0)]] * 4, capacity=2), due_s=np.array([900.0, 100.0, 950.0, 120.0]))
    assert SOLVERS["earliest_due"](instance, "exact", STOP).plan == ((1, 3), (0, 2))


def test_a_price_on_tardiness_buys_punctuality_with_metres():
    pickers = Pickers(speed_m_per_s=1.0, setup_s=0.0, pick_s=0.0)
    far_and_near = from_orders(LAYOUT, [[(0, 8.0)], [(3, 8.0)], [(0, 8.0)], [(3, 8.0)]], capacity=2)
    # The second order of each aisle comes late: to wait for it saves a walk and makes the first one late.
    release_s, due_s = np.array([0.0, 0.0, 999.0, 999.0]), np.array([60.0, 60.0, 5000.0, 5000.0])
    urgent = replace(far_and_near, release_s=release_s, due_s=due_s, pickers=pickers)
    free, dear = urgent, replace(urgent, tardiness_m_per_s=10.0)
    cheap = evaluate(free, SOLVERS["local_search"](free, "return", STOP).plan, "return")
    punctual = evaluate(dear, SOLVERS["local_search"](dear, "return", STOP).plan, "return")
    assert cheap.value < punctual.value
    assert cheap.tardiness_s > punctual.tardiness_s


@pytest.mark.parametrize("routing", ["exact", "s_shape", "largest_gap"])
@pytest.mark.parametrize("seed", [1, 2])
def test_annealing_knows_what_its_batches_cost_whatever_it_moved(routing, seed):
    from fulfillsim.optim.batching.state._kernels import price_overload

    instance = batching_like("small", 40, 36, seed)
    search = start(instance, routing, Stop(iterations=1, seed=seed))
    length, n_overfull = Lengths(instance, routing), 0
    price_overload(search._search, 200.0)
    for _ in range(60):
        search.run(100, 20.0, 5.0)
        state = search.state
        batches = [np.flatnonzero(state.batch == k) for k in np.flatnonzero(state.size)]
        over = [max(instance.load[b].sum() / instance.capacity[0] - 1.0, 0.0) for b in batches]
        metres = sum(length(b.tolist()) for b in batches)
        assert search.total_m == pytest.approx(metres + state.price[0] * sum(over), abs=1e-3)
        assert state.n_over[0] == sum(share > 1e-6 for share in over)
        n_overfull += state.n_over[0]
        assert len(batches) >= least_batches(instance)
        best = evaluate(instance, batches_of(search.best), routing)
        assert best.feasible
        assert best.value == pytest.approx(search.least_m)
    assert n_overfull > 0


@pytest.mark.parametrize(("depot", "end"), [(0, None), (3, None), (1, 4)])
def test_s_shape_tours_measured_by_the_aisles_they_visit_are_the_same_from_any_depot(depot, end):
    layout = RectangularLayout(
        5, 9, 3.0, 1.0, 1.0, depot_aisle=depot, **({} if end is None else {"end_aisle": end, "end_cross_aisle": 0})
    )
    rng = np.random.default_rng(5)
    orders = [
        [(int(rng.integers(5)), float(rng.integers(1, 10))) for _ in range(rng.integers(1, 4))] for _ in range(16)
    ]
    instance = from_orders(layout, orders, capacity=8)
    search = start(instance, "s_shape", Stop(iterations=1))
    search.run(3_000, 4.0, 1.0)
    assert search.walk.by_seen
    assert evaluate(instance, batches_of(search.best), "s_shape").value == pytest.approx(search.least_m)


def test_annealing_does_not_fall_behind_its_start():
    instance = random_instance(4, n_orders=40, capacity=12.0)
    assert value(instance, "local_search") <= value(instance, "cw2") + 1e-9


def test_auto_says_what_it_took():
    assert SOLVERS["auto"](random_instance(1), "exact", STOP).message == "subsets"
    assert SOLVERS["auto"](random_instance(1, n_orders=30), "exact", STOP).message == "local_search"


def test_a_plan_for_a_simulation_needs_a_known_solver():
    with pytest.raises(UnknownNameError, match="no batching is called 'savigns'"):
        plan(random_instance(1), "savigns", "exact", STOP)


def test_an_unknown_routing_is_named():
    with pytest.raises(UnknownNameError, match="no routing is called 'exakt'"):
        SOLVERS["cw2"](random_instance(1), "exakt", STOP)


def test_a_routing_that_does_not_know_the_layout_says_so():
    graph = GraphLayout(3, ((0, 1, 2.0), (1, 0, 2.0), (1, 2, 1.0), (2, 1, 1.0)))
    with pytest.raises(InputError):
        SOLVERS["cw2"](from_orders(graph, [[(1, 0.0)], [(2, 0.0)]], capacity=2), "s_shape", STOP)


@pytest.mark.parametrize("n_blocks", [1, 2])
@pytest.mark.parametrize("depot", [(0, 0), (1, 1)], ids=["closed", "open"])
def test_every_tour_is_a_multiple_of_the_unit_of_its_steps(n_blocks, depot):
    layout = RectangularLayout(4, 6, 2.4, 1.0, 0.8, n_blocks=n_blocks, end_aisle=depot[0], end_cross_aisle=depot[1])
    rng = np.random.default_rng(3)
    fronts = layout.cross_m[:-1]
    orders = [
        [
            (int(rng.integers(4)), fronts[rng.integers(n_blocks)] + 0.8 + int(rng.integers(6 // n_blocks)))
            for _ in range(3)
        ]
        for _ in range(40)
    ]
    instance = from_orders(layout, orders, 9)
    unit_m = unit_of(steps_m(instance))
    assert unit_m is not None
    routings = (
        ("exact", "s_shape", "midpoint", "largest_gap", "composite", "combined") if depot == (0, 0) else ("exact",)
    )
    for routing in routings:
        if ROUTING[routing].supports(layout):
            continue
        length = Lengths(instance, routing)
        for k in range(0, 40, 2):
            n_units = length((k, k + 1)) / unit_m
            assert n_units == pytest.approx(round(n_units), abs=1e-6), routing


@pytest.mark.parametrize("most_listed", [1, 100_000], ids=["by search", "listed"])
@pytest.mark.parametrize("seed", range(3))
def test_a_choice_among_few_columns_claims_no_more_than_is_true(seed, most_listed, monkeypatch):
    from fulfillsim.optim.batching import closing, course
    from fulfillsim.optim.batching import column_generation as method

    monkeypatch.setattr(closing, "SIZES", (4, 12, 30))
    monkeypatch.setattr(closing, "MOST_BRANCHED", 15)
    monkeypatch.setattr(method, "MOST_LISTED", most_listed)
    monkeypatch.setattr(course, "POOLED", 5)
    instance = random_instance(seed, n_orders=12, capacity=7.0)
    shortest_m = SOLVERS["subsets"](instance, "exact", STOP).lower_bound
    found = method.Run(instance, "exact", Stop(iterations=5), method.Shares()).solve()
    assert found.lower_bound <= shortest_m + 1e-6
    length_m = evaluate(instance, found.plan, "exact").value
    assert length_m == pytest.approx(shortest_m) if found.status == "optimal" else length_m >= shortest_m - 1e-6


def test_annealing_goes_on_only_where_too_many_columns_are_left_for_a_proof(monkeypatch):
    from fulfillsim.optim.batching import closing
    from fulfillsim.optim.batching.course import Course

    annealed: list[float] = []

    def noted(course, seconds, *temperatures, collects=True):
        if collects:  # the last one does not, and only spends what is left
            annealed.append(seconds)
        anneal(course.search, Stop(iterations=20_000), collects=True)

    monkeypatch.setattr(Course, "anneal", noted)
    instance = batching_like("uniform", 20, 45, 1)
    SOLVERS["auto"](instance, "exact", Stop(seconds=60.0, seed=1))  # compiles all, and is proven soon
    assert len(annealed) == 1
    monkeypatch.setattr(closing, "MOST_BRANCHED", 3)
    SOLVERS["auto"](instance, "exact", Stop(seconds=4.0, seed=1))
    _, first, again = annealed
    assert first < 1.0 < again < 3.0
