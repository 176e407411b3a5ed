from dataclasses import replace
from itertools import combinations, permutations, product

import numpy as np
import pytest

from fulfillsim.errors import InputError
from fulfillsim.optim.order_selection import SOLVERS, SelectedBatch, SelectionInstance, evaluate
from fulfillsim.optim.order_selection.evaluation import distance, walk_length
from fulfillsim.optim.solving import Stop


def instance(seed, n_orders=4, n_articles=4, n_pieces=8, zones=1):
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 3, n_orders)
    return SelectionInstance(
        name="tiny",
        first=np.concatenate([[0], np.cumsum(sizes)]),
        article=random.integers(n_articles, size=sizes.sum()).astype(np.int32),
        volume=random.integers(1, 4, n_articles),
        row=random.choice([-7, -4, -2, 1, 3, 8], n_pieces).astype(np.int32),
        aisle=random.integers(-5, 6, n_pieces).astype(np.int32),
        zone=random.integers(zones, size=n_pieces).astype(np.int32),
        piece_article=(np.arange(n_pieces) % n_articles).astype(np.int32),
        edge_row=9,
        min_positions=3,
        max_orders=3,
        max_volume=100,
    )


def shortest(tiny):
    """Least length over all choices of orders and pieces, one batch and one picklist a zone: by enumeration."""
    found = np.inf
    for n in range(1, tiny.max_orders + 1):
        for orders in combinations(range(tiny.n_orders), n):
            articles = [article for order in orders for article in tiny.articles(order)]
            if len(articles) < tiny.min_positions:
                continue
            for pieces in product(*(tiny.pieces[article] for article in articles)):
                if len(set(pieces)) == len(pieces):
                    found = min(found, least_walks(tiny, pieces))
    return found


def least_walks(tiny, pieces):
    by_zone = {}
    for piece in pieces:
        by_zone.setdefault(int(tiny.zone[piece]), []).append(piece)
    return sum(min(walk_length(tiny, walk) for walk in permutations(part)) for part in by_zone.values())


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        ((0, 0), (5, -3), 8),  # from the conveyor: row and aisle
        ((5, 0), (-4, 0), 9),  # past the middle
        ((8, 2), (7, 2), 3),  # round the edge at 9, also in the same aisle
        ((1, 2), (2, 3), 4),  # through the middle
    ],
)
def test_one_changes_aisles_in_the_middle_or_at_the_edge(a, b, metres):
    assert distance(instance(1), a, b) == distance(instance(1), b, a) == metres


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("zones", [1, 2])
def test_ruin_and_recreate_finds_the_shortest_plan_of_tiny_instances(seed, zones):
    tiny = instance(seed, zones=zones)
    found = SOLVERS["ruin_and_recreate"](tiny, Stop(iterations=200, seed=seed))
    judged = evaluate(tiny, found.plan)
    assert judged.feasible, judged.violations
    assert judged.value == shortest(tiny)


def test_an_iteration_budget_gives_the_same_plan_again_and_never_one_longer_than_greedy():
    large = replace(instance(3, n_orders=60, n_articles=40, n_pieces=120, zones=3), min_positions=40, max_orders=20)
    plans = [SOLVERS["ruin_and_recreate"](large, Stop(iterations=30, seed=5)).plan for _ in range(2)]
    assert plans[0] == plans[1]
    greedy = evaluate(large, SOLVERS["greedy"](large, Stop()).plan)
    assert greedy.feasible, greedy.violations
    assert evaluate(large, plans[0]).value <= greedy.value


def test_every_rule_that_is_broken_is_told():
    tiny = replace(instance(1, zones=2), max_orders=1, max_volume=3)
    plan = (SelectedBatch((0, 1), ((0, 1, 1),)),)
    told = " ".join(evaluate(tiny, plan).violations)
    for part in ("piece 1: picked 2 times", "2 orders, at most 1", "zones [", "above 3", "wanted"):
        assert part in told


def test_instances_that_cannot_be_are_refused():
    with pytest.raises(InputError, match="must have at least 99 positions"):
        replace(instance(1), min_positions=99)
    with pytest.raises(InputError, match="a picklist takes 0"):
        replace(instance(1), max_volume=0)


@pytest.mark.slow
def test_shared_instances_are_solved_well_below_the_authors_greedy(shared_data):
    from fulfillsim.io.instances import read_selection

    for folder, theirs in (("small-0", 8624), ("small-1", 8368), ("small-2", 8830)):
        large = read_selection(shared_data / "picking" / "zalando_josabp" / folder)
        judged = evaluate(large, SOLVERS["auto"](large, Stop(iterations=300)).plan)
        assert judged.feasible, judged.violations
        assert judged.value <= 0.85 * theirs
