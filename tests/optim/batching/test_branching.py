"""Branching on counts of batches and on pairs of orders, against all partitions of a few orders."""

from itertools import combinations
from time import perf_counter

import numpy as np
import pytest

from fulfillsim.optim.batching import SOLVERS
from fulfillsim.optim.batching.branching import tree
from fulfillsim.optim.batching.branching.decisions import Count, Pair, Trait, questions
from fulfillsim.optim.batching.branching.program import Program
from fulfillsim.optim.batching.branching.tree import prove
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.plans import is_within
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.batching import random_instance

NUMBER = (0.0, np.inf)


def all_batches(instance, routing):
    length = Lengths(instance, routing)
    sets = (s for size in range(1, instance.n_orders + 1) for s in combinations(range(instance.n_orders), size))
    batches = [batch for batch in sets if is_within(instance, batch)]
    return batches, [length(batch) for batch in batches]


@pytest.mark.parametrize("routing", ["exact", "composite", "s_shape", "return", "midpoint", "largest_gap"])
@pytest.mark.parametrize("seed", range(3))
def test_the_shortest_plan_is_found_and_nothing_shorter_is_promised(seed, routing):
    instance = random_instance(seed, n_orders=11, capacity=6.0)
    batches, lengths = all_batches(instance, routing)
    shortest_m = SOLVERS["subsets"](instance, routing, Stop(iterations=5)).lower_bound
    length_of = dict(zip(batches, lengths, strict=True))
    found = prove(batches, lengths, 11, NUMBER, (), shortest_m + 20.0, 0.0, np.inf)
    assert found.bound_m == pytest.approx(shortest_m, abs=1e-5)
    assert sum(length_of[batch] for batch in found.batches) == pytest.approx(shortest_m)
    assert sorted(order for batch in found.batches for order in batch) == list(range(11))
    # nothing is shorter than the shortest: all that is worth something is searched in vain
    assert prove(batches, lengths, 11, NUMBER, (), shortest_m - 1e-3, 0.0, np.inf) == (
        type(found)(None, pytest.approx(shortest_m - 1e-3))
    )


def any_batches(seed, n_orders=9, most=4):
    """Batches of up to four orders whose metres obey no rule, so that relaxations are seldom whole."""
    rng = np.random.default_rng(seed)
    sets = [s for size in range(1, most + 1) for s in combinations(range(n_orders), size)]
    return sets, rng.integers(8, 12, len(sets)) + 2.0 * np.array([len(s) for s in sets])


def shortest_plan(batches, lengths, n_orders, keeps=lambda _: True):
    """Metres of the shortest partition that keeps something, by trying all."""
    length_of = dict(zip(batches, lengths, strict=True))

    def plans(rest):
        if not rest:
            yield ()
        for size in range(min(4, len(rest))):
            for more in combinations(rest[1:], size):
                batch = (rest[0], *more)
                if batch in length_of:
                    yield from ((batch, *others) for others in plans(tuple(o for o in rest if o not in batch)))

    return min((sum(map(length_of.get, plan)) for plan in plans(tuple(range(n_orders))) if keeps(plan)), default=np.inf)


@pytest.mark.parametrize("asked", ["all", "pairs", "counts"])
@pytest.mark.parametrize("seed", range(4))
def test_branching_without_cuts_finds_the_shortest_plan_whatever_it_asks(seed, asked, monkeypatch):
    n_asked = []

    def some(*used):
        found = [q for q in questions(*used) if asked == "all" or isinstance(q[0], Pair) == (asked == "pairs")]
        n_asked.append(len(found))
        return found or questions(*used)

    monkeypatch.setattr(tree, "questions", some)
    monkeypatch.setattr(tree, "separate", lambda *_: [])
    batches, lengths = any_batches(seed)
    shortest_m = shortest_plan(batches, lengths, 9)
    found = prove(batches, lengths, 9, NUMBER, (), 1e3, 1.0, perf_counter() + 60.0)
    assert found.bound_m == shortest_m == sum(lengths[batches.index(batch)] for batch in found.batches)
    assert prove(batches, lengths, 9, NUMBER, (), shortest_m - 1.0 + 1e-6, 1.0, np.inf).batches is None
    assert max(n_asked) > 0  # else nothing was tried


def keeps(decision, batches_of_plan, length_of):
    if isinstance(decision, Pair):
        is_together = any({decision.a, decision.b} <= set(batch) for batch in batches_of_plan)
        return is_together == decision.is_together
    of = len if decision.trait.of == "orders" else length_of.get
    number = sum(of(batch) >= decision.trait.least for batch in batches_of_plan)
    return decision.least <= number <= decision.most


@pytest.mark.parametrize("seed", range(4))
def test_every_plan_keeps_one_side_of_a_question_and_no_bound_is_above_the_shortest(seed):
    n = 7
    batches, lengths = any_batches(seed, n)
    length_of = dict(zip(batches, lengths, strict=True))
    program = Program(batches, lengths, n, NUMBER, 1e3)
    root = program.solve()
    asked = questions(program.batches.of(root.which), root.value, root.dual)
    for low, high in asked:
        shortest = []
        for decision in (low, high):
            program.ask((decision,), np.arange(len(batches), dtype=np.int32))
            solved = program.solve()
            shortest.append(shortest_plan(batches, lengths, n, lambda plan, d=decision: keeps(d, plan, length_of)))
            assert root.bound_m - 1e-6 <= solved.bound_m <= shortest[-1] + 1e-9
            for k, cost_m in list(zip(solved.open.tolist(), solved.cost_m, strict=True))[::7]:
                with_it = shortest_plan(
                    batches, lengths, n, lambda plan, d=decision, k=k: batches[k] in plan and keeps(d, plan, length_of)
                )
                assert solved.bound_m + cost_m <= with_it + 1e-9
        assert min(shortest) == shortest_plan(batches, lengths, n)  # so no plan is lost between the two


def test_numbers_of_batches_that_are_not_whole_are_asked_about_before_pairs():
    columns = [(0, 1), (1, 2), (0, 2), (3,)]
    batches = Program(columns, np.array([10.0, 10.0, 10.0, 8.0]), 4, NUMBER, 99.0).batches
    asked = questions(batches, np.array([0.5, 0.5, 0.5, 1.0]), np.ones(4))
    any_batch, two_orders = Trait("orders", 1.0), Trait("orders", 2.0)
    assert asked[:2] == [
        (Count(any_batch, 0.0, 2.0), Count(any_batch, 3.0, np.inf)),
        (Count(two_orders, 0.0, 1.0), Count(two_orders, 2.0, np.inf)),
    ]
    assert {question[0][:2] for question in asked if isinstance(question[0], Pair)} == {(0, 1), (0, 2), (1, 2)}
    assert questions(batches.of(np.array([0, 3])), np.ones(2), np.ones(4)) == []


def test_pairs_of_three_orders_need_a_decision():
    # halves of the three pairs take 15 m; a plan is a pair and a single, 18 m, or all alone, 24 m
    pairs, alone = [(0, 1), (0, 2), (1, 2)], [(0,), (1,), (2,)]
    found = prove([*pairs, *alone], [10.0] * 3 + [8.0] * 3, 3, NUMBER, (), 24.0, 1.0, np.inf)
    assert (found.bound_m, sorted(map(len, found.batches))) == (pytest.approx(18.0), [1, 2])
    # a cut that lets one pair at most be chosen says the same without branching
    assert prove([*pairs, *alone], [10.0] * 3 + [8.0] * 3, 3, NUMBER, [(0, 1, 2)], 18.0, 1.0, np.inf).batches is None


def test_the_number_of_batches_is_kept_and_what_no_column_covers_has_no_plan():
    columns, lengths = [(0, 1), (0,), (1,)], [10.0, 8.0, 8.0]
    assert prove(columns, lengths, 2, (2.0, np.inf), (), 99.0, 0.0, np.inf).batches == ((0,), (1,))
    assert prove(columns, lengths, 2, (0.0, 1.0), (), 99.0, 0.0, np.inf).batches == ((0, 1),)
    assert prove(columns[:2], lengths[:2], 2, (2.0, np.inf), (), 99.0, 0.0, np.inf).batches is None
    assert prove(columns, lengths, 3, NUMBER, (), 99.0, 0.0, np.inf).batches is None
    late = prove(columns, lengths, 2, (0.0, np.inf), (), 99.0, 0.0, 0.0)
    assert (late.batches, late.bound_m) == (None, 0.0)


@pytest.mark.parametrize("moves", [1, 2000], ids=["from a poor plan", "from a good plan"])
@pytest.mark.parametrize("routing", ["s_shape", "exact", "largest_gap"])
@pytest.mark.parametrize("seed", [0, 5, 7])
def test_what_scip_leaves_open_is_proven_by_branching(seed, routing, moves, monkeypatch):
    from fulfillsim.optim.batching import closing
    from fulfillsim.optim.batching import column_generation as method
    from fulfillsim.optim.batching.partition import Choice

    monkeypatch.setattr(closing, "choose", lambda *_: Choice(None, False, 0.0))
    monkeypatch.setattr(closing.Closing, "dive", lambda *_: None)
    instance = random_instance(seed, n_orders=13, capacity=8.0)
    shortest_m = SOLVERS["subsets"](instance, routing, Stop(iterations=5)).lower_bound
    found = method.Run(instance, routing, Stop(iterations=moves), method.Shares()).solve()
    assert (found.status, found.lower_bound) == ("optimal", pytest.approx(shortest_m))
