"""Constraints: mean and chance apart, errors within the promise, replications used twice."""

import numpy as np
import pytest

from fulfillsim.errors import InputError
from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.selection import KN, BestFeasible, ChanceConstraint, Feasibility, MeanConstraint


def uniforms(cell: int, shape) -> np.ndarray:
    return Streams(95, 0).uniforms("test", cell, shape)


def normals(cell: int, shape) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(uniforms(cell, shape))


def finished(procedure, values):
    used = dict.fromkeys(values, 0)
    while wanted := procedure.ask():
        procedure.tell({name: values[name][used[name] : used[name] + n] for name, n in wanted.items()})
        for name, n in wanted.items():
            used[name] += n
    return procedure


def test_a_mean_and_a_chance_constraint_answer_different_questions():
    """Days at 0.97 with a bad one in five keep the mean of 0.95, and break 0.95 on nine days of ten."""
    days = np.where(uniforms(0, 3000) < 0.2, 0.91, 0.97)
    mean = Feasibility(["x"], [MeanConstraint("on time", 0.95, 0.005)])
    chance = Feasibility(["x"], [ChanceConstraint("on time", 0.95, 0.9, 0.05)])
    assert finished(mean, {"x": days}).feasible == ("x",)
    assert finished(chance, {"x": days}).feasible == ()
    assert chance.broken == {"x": "P(on time >= 0.95) >= 0.9"}


def test_upper_bounds_are_mirror_images():
    values = normals(1, 5000)
    for shift in (-0.3, 0.3):
        low = finished(Feasibility(["x"], [MeanConstraint("k", 0.0, 0.2)]), {"x": values + shift})
        high = finished(Feasibility(["x"], [MeanConstraint("k", 0.0, 0.2, is_upper=True)]), {"x": -values - shift})
        assert low.feasible == high.feasible and low.n_used == high.n_used
        assert bool(low.feasible) == (shift > 0)


def test_a_spent_budget_leaves_an_alternative_undecided_and_not_feasible():
    study = Feasibility(["x"], [MeanConstraint("k", 0.0, 0.01)], n_most=50)
    assert finished(study, {"x": normals(2, 100)}).undecided == ("x",)
    assert study.feasible == () and study.n_used == {"x": 50}


def test_the_best_of_the_feasible_is_chosen_on_replications_already_run():
    cost = {"cheap": 1.0, "middle": 2.0, "dear": 3.0}
    on_time = {"cheap": 0.90, "middle": 0.97, "dear": 0.99}
    z = normals(3, (3, 2, 2000))
    values = {
        name: np.stack([cost[name] + 0.2 * z[i, 0], on_time[name] + 0.02 * z[i, 1]], axis=1)
        for i, name in enumerate(cost)
    }
    study = BestFeasible(
        list(cost),
        [MeanConstraint("on time", 0.95, 0.01)],
        lambda names, level: KN(names, 0.5, level, is_larger_better=False),
    )
    result = finished(study, values).result
    assert result.best == "middle" and "keeps all constraints" in result.guarantee
    assert study.feasibility.broken == {"cheap": "expected on time >= 0.95"}
    alone = finished(
        Feasibility(list(cost), [MeanConstraint("on time", 0.95, 0.01)], 0.975),
        {name: table[:, 1:] for name, table in values.items()},
    )
    assert result.n_used == alone.n_used, "the choice needed nothing beyond what feasibility had run"


def test_nothing_feasible_has_no_best_and_one_needs_no_choice():
    z = 0.01 * normals(4, (2, 1000, 2))
    constraint = [MeanConstraint("k", 0.5, 0.1)]

    def select(names, level):
        return KN(names, 0.5, level)

    none = finished(BestFeasible(["a", "b"], constraint, select), {"a": z[0], "b": z[1]})
    assert none.result is None
    one = finished(BestFeasible(["a", "b"], constraint, select), {"a": z[0], "b": z[1] + 1})
    assert one.result.best == "b" and one.result.guarantee.startswith("the only one")


def test_bad_constraints_are_refused():
    with pytest.raises(InputError, match="tolerance of k: must be > 0"):
        MeanConstraint("k", 1.0, 0.0)
    with pytest.raises(InputError, match="must sum to less than 1"):
        ChanceConstraint("k", 1.0, 0.95, 0.05)
    with pytest.raises(InputError, match="no constraint is named"):
        Feasibility(["a"], [])


@pytest.mark.statistical
@pytest.mark.parametrize(("shift", "right"), [(0.0, ()), (0.2, ("x",))])
def test_answers_at_the_edges_of_the_tolerance_are_right_as_often_as_promised(shift, right):
    """1,000 studies at the bound and at bound + tolerance; one-sided, false-alarm rate 0.1 %."""
    from scipy.stats import binomtest

    z = normals(5, (1000, 4000)) + shift
    hits = sum(finished(Feasibility(["x"], [MeanConstraint("k", 0.0, 0.2)]), {"x": row}).feasible == right for row in z)
    assert binomtest(hits, 1000, 0.95, alternative="less").pvalue > 0.001


@pytest.mark.statistical
@pytest.mark.parametrize(("prob", "right"), [(0.9, ()), (0.95, ("x",))])
def test_chance_constraints_err_no_more_than_promised(prob, right):
    """1,000 studies at both edges of P >= 0.9, tolerance 0.05; one-sided, false-alarm rate 0.1 %."""
    from scipy.stats import binomtest

    good = (uniforms(6, (1000, 4000)) < prob).astype(float)
    constraint = ChanceConstraint("k", 0.5, 0.9, 0.05)
    hits = sum(finished(Feasibility(["x"], [constraint], batch=40), {"x": row}).feasible == right for row in good)
    assert binomtest(hits, 1000, 0.95, alternative="less").pvalue > 0.001
