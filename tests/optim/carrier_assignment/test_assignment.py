"""Assignments of parcels to carriers against trying everything."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.optim.carrier_assignment import SOLVERS, solver
from fulfillsim.optim.carrier_assignment.evaluation import evaluate
from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, CarrierTerms
from fulfillsim.optim.solving import Stop

STOP = Stop()


def random_case(seed: int, n: int = 6, orders: bool = False) -> AssignmentInstance:
    rng = np.random.default_rng(seed)
    price = np.round(rng.uniform(3, 15, (n, 3)), 2)
    price[rng.random((n, 3)) < 0.15] = np.inf
    terms = (
        CarrierTerms(capacity=int(rng.integers(1, n))),
        CarrierTerms(max_share=0.5, committed=2, shortfall_cost=4.0),
    )
    probs, transit_s = np.round(rng.uniform(0.5, 1, (n, 3)), 2), np.round(rng.uniform(1, 5, (n, 3))) * 86400
    order = tuple(int(o) for o in rng.integers(0, n // 2, n)) if orders else None
    return AssignmentInstance(
        price, probs, transit_s, (0, 1, 1), terms, np.full(n, 12.0), order, late_cost=5.0, least_prob=0.7
    )


def least(case: AssignmentInstance) -> float:
    judged = (evaluate(case, plan) for plan in product(range(-1, 3), repeat=case.n_parcels))
    return min(each.cost for each in judged if not each.violations)


@pytest.mark.parametrize("orders", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_optimum_is_that_of_trying_everything(seed, orders):
    case = random_case(seed, orders=orders)
    solution = solver("optimal").solve(case, STOP)
    judged = evaluate(case, solution.plan)
    assert not judged.violations
    assert solution.status == "optimal"
    assert judged.cost == pytest.approx(least(case), abs=0.01)


@pytest.mark.parametrize("name", sorted(SOLVERS))
@pytest.mark.parametrize("orders", [False, True])
def test_every_method_keeps_every_rule_and_none_beats_the_optimum(name, orders):
    for seed in range(10, 14):
        case = random_case(seed, n=30, orders=orders)
        cost = evaluate(case, solver(name).solve(case, STOP).plan).cost
        best = solver("optimal").solve(case, STOP)
        assert not evaluate(case, solver(name).solve(case, STOP).plan).violations
        assert best.status == "optimal"
        assert cost >= evaluate(case, best.plan).cost - 0.05


def by_hand(**changes) -> AssignmentInstance:
    case = AssignmentInstance(
        price=np.array([[4.0, 9.0], [4.0, 9.0]]),
        on_time_prob=np.array([[0.6, 0.99], [0.95, 0.99]]),
        transit_s=np.array([[3.0, 1.0], [3.0, 1.0]]),
        carrier=(0, 1),
        carriers=(CarrierTerms(), CarrierTerms()),
        wait_cost=np.array([20.0, 20.0]),
    )
    return replace(case, **changes)


def plan(name: str, case: AssignmentInstance) -> tuple[int, ...]:
    return solver(name).solve(case, STOP).plan


def test_each_rule_takes_what_its_name_says():
    assert plan("cheapest", by_hand()) == (0, 0)
    assert plan("fastest", by_hand()) == (1, 1)
    assert plan("cheapest_on_promise", by_hand(least_prob=0.9)) == (1, 0)
    assert plan("optimal", by_hand(late_cost=20.0)) == (1, 0)


def test_where_nothing_reaches_the_chance_the_most_punctual_is_taken():
    assert plan("cheapest_on_promise", by_hand(least_prob=0.999)) == (1, 1)


def test_a_full_pickup_makes_the_rule_fall_back_and_the_rest_wait():
    full = (CarrierTerms(capacity=1), CarrierTerms(capacity=0))
    assert plan("cheapest", by_hand(carriers=full)) == (0, -1)
    assert plan("cheapest", by_hand(carriers=(full[0], CarrierTerms()))) == (0, 1)


def test_a_commitment_is_kept_if_breaking_it_costs_more_than_keeping_it():
    for penalty, expected in ((4.0, (0, 0)), (6.0, 1)):
        terms = (CarrierTerms(), CarrierTerms(committed=1, shortfall_cost=penalty))
        found = plan("optimal", by_hand(carriers=terms))
        assert found == expected or sum(found) == expected


def test_an_order_stays_together_and_no_carrier_passes_its_share():
    assert plan("cheapest", by_hand(order=(7, 7), carriers=(CarrierTerms(max_share=0.5), CarrierTerms()))) == (1, 1)
    assert len(evaluate(by_hand(order=(7, 7)), (0, 1)).violations) == 1


def test_faulty_tables_and_unknown_names_are_refused():
    with pytest.raises(InputError, match="chances in"):
        by_hand(on_time_prob=np.full((2, 2), 1.5))
    with pytest.raises(UnknownNameError, match="cheapest"):
        solver("cheepest")
