"""Published values are reached, those that are proven are proven again, and none of these is ever beaten."""

import csv
from functools import cache

import pytest

from fulfillsim.io.instances import read_batching
from fulfillsim.optim.batching import SOLVERS, evaluate
from fulfillsim.optim.solving import Stop

pytestmark = pytest.mark.slow
ROUNDED_M = 0.5
"""The tables print metres as integers; true values are multiples of 0.4."""


@cache
def proven(folder, family, routing):
    """File and published value of each proven instance of a family, as far as its file is there."""
    with (folder / "best_known.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["routing"] == routing and row["proven_optimal"] == "yes"]
    found = {}
    for row in rows:
        if family in row["instance"] and (folder / row["instance"]).is_file():
            found[row["instance"]] = min(float(row["value"]), found.get(row["instance"], float("inf")))
    return [(folder / name, value) for name, value in sorted(found.items())]


def solved(file, routing, seconds):
    """The plan's length by the evaluator, and what the solver says of it."""
    instance = read_batching(file)
    solution = SOLVERS["auto"](instance, routing, Stop(seconds=seconds))
    found = evaluate(instance, solution.plan, routing)
    assert found.feasible
    return found.value, solution


def test_every_bahceci_oncan_instance_is_proven(shared_data):
    cases = proven(shared_data / "picking", "bahceci_oncan/", "optimal")
    assert len(cases) >= 400
    for file, published in cases:
        value, solution = solved(file, "exact", 10.0)
        assert value == pytest.approx(published, abs=0.05), file.name
        assert solution.status == "optimal", file.name


@pytest.mark.parametrize(
    ("family", "n_wanted"), [("muter_oncan/20_24_", 6), ("henn_uniform_ss/25s-30-30", 6), ("henn_uniform_ss/29s", 6)]
)
def test_proven_instances_are_proven_again(shared_data, family, n_wanted):
    cases = proven(shared_data / "picking", family, "optimal")[:n_wanted]
    assert cases
    for file, published in cases:
        value, solution = solved(file, "exact", 60.0)
        assert value == pytest.approx(published, abs=ROUNDED_M), file.name
        assert solution.status == "optimal", file.name


@pytest.mark.parametrize("routing", ["composite", "return", "midpoint", "largest_gap"])
def test_proven_values_of_other_routings_follow_from_the_same_rules(shared_data, routing):
    cases = proven(shared_data / "picking", "muter_oncan/20_24_", routing)
    assert cases
    for file, published in cases:
        value, solution = solved(file, routing, 40.0)
        assert value == pytest.approx(published, abs=ROUNDED_M), file.name
        assert solution.lower_bound <= published + ROUNDED_M, file.name


def test_composite_tours_may_not_walk_both_cross_aisles_twice(shared_data):
    # The one proven instance that tells this rule from the one of exact tours.
    file = shared_data / "picking/muter_oncan/20_36_2.txt"
    value, _ = solved(file, "composite", 40.0)
    assert value == pytest.approx(502.0, abs=ROUNDED_M)
