"""Sequential stopping: goals reached, budgets kept, several KPIs at once, coverage at the end."""

import math

import numpy as np
import pytest

from fulfillsim.errors import InputError
from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.precision import Goal, UntilPrecise


def normals(cell: int, shape) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(Streams(40, 0).uniforms("test", cell, shape))


def finished(study: UntilPrecise, values: np.ndarray) -> UntilPrecise:
    while wanted := study.ask():
        study.tell({name: values[study.n : study.n + n] for name, n in wanted.items()})
    return study


def test_every_goal_is_reached_and_the_hardest_one_decides():
    z = normals(0, (3, 20_000)).T
    values = np.stack([10 + 2 * z[:, 0], (z[:, 1] > 1).astype(float), np.exp(z[:, 2])], axis=1)
    goals = [Goal("flow", 0.5), Goal("late", 0.02, of="proportion"), Goal("p95", 0.1, True, "quantile", 0.95)]
    together = finished(UntilPrecise(goals), values)
    assert together.is_settled and max(together.excesses) <= 1
    alone = [finished(UntilPrecise([goal]), values[:, i]).n for i, goal in enumerate(goals)]
    assert together.n >= 0.9 * max(alone)
    assert [found.estimate for found in together.intervals()] == pytest.approx([10, 0.159, math.exp(1.645)], rel=0.15)


def test_the_number_asked_for_is_the_one_that_theory_says():
    """Normal, sd 2, ± 0.2: (1.96 * 2 / 0.2)**2 = 384."""
    numbers = [finished(UntilPrecise([Goal("kpi", 0.2)]), 2 * normals(i + 1, 2000)).n for i in range(30)]
    assert np.mean(numbers) == pytest.approx(384, rel=0.15)


def test_a_spent_budget_ends_the_study_unsettled():
    study = finished(UntilPrecise([Goal("kpi", 0.001)], n_most=100), normals(40, 200))
    assert study.n == 100 and not study.is_settled and study.ask() == {}


def test_a_constant_is_known_at_the_first_look():
    study = finished(UntilPrecise([Goal("kpi", 0.05, is_relative=True)]), np.zeros(30))
    assert study.n == 30 and study.is_settled


def test_replications_without_a_value_are_left_out():
    values = normals(41, 3000) + 10
    values[::3] = np.nan
    study = finished(UntilPrecise([Goal("kpi", 0.2)]), values)
    assert study.is_settled and study.intervals()[0].n == pytest.approx(study.n * 2 / 3, abs=1)


def test_a_joint_level_is_shared_out():
    goals = [Goal("a", 0.1), Goal("b", 0.1)]
    assert UntilPrecise(goals, 0.9, is_joint=True).level == pytest.approx(0.95)


def test_bad_input_is_refused_with_the_next_step():
    with pytest.raises(InputError, match=r"precision of flow: must be > 0 \(got 0\)"):
        Goal("flow", 0)
    with pytest.raises(InputError, match="no KPI is named"):
        UntilPrecise([])
    with pytest.raises(InputError, match="must be 200 replications or more"):
        UntilPrecise([Goal("p95", 1.0, of="quantile")], n_most=50)
    with pytest.raises(ValueError, match="must give the 30 replications asked for"):
        UntilPrecise([Goal("a", 1.0)]).tell({"scenario": [1.0]})
