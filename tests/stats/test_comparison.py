"""Looks, spent error rates, and comparisons that stop when they are settled."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.comparison import Aspect, CompareUntilSettled
from fulfillsim.stats.looks import SPENT, boundaries, look_levels, look_sizes


def normals(cell: int, shape) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(Streams(70, 0).uniforms("test", cell, shape))


def finished(study: CompareUntilSettled, values: dict[str, np.ndarray]) -> CompareUntilSettled:
    while wanted := study.ask():
        done = study.n
        study.tell({name: values[name][done[name] : done[name] + n] for name, n in wanted.items()})
    return study


def test_bounds_of_linear_spending_are_the_published_ones():
    """Five equal looks, 5 % two-sided: 2.58, 2.49, 2.41, 2.34, 2.28 (Kim & DeMets 1987, power family, rho = 1)."""
    assert [round(b, 2) for b in boundaries((0.2, 0.4, 0.6, 0.8, 1.0), 0.05)] == [2.58, 2.49, 2.41, 2.34, 2.28]


def test_bounds_agree_with_the_joint_normal_distribution():
    times = np.array([0.1, 0.35, 1.0])
    bounds = np.array(boundaries(tuple(times), 0.05))
    covariance = np.sqrt(np.minimum.outer(times, times) / np.maximum.outer(times, times))
    law = stats.multivariate_normal
    inside = law.cdf(bounds, np.zeros(3), covariance, lower_limit=-bounds, abseps=1e-7, releps=1e-7)
    assert 1 - inside == pytest.approx(0.05, abs=2e-5)


def test_one_look_is_the_plain_interval_at_the_rate_spent():
    assert look_levels((30,), 0.05) == pytest.approx((1 - SPENT * 0.05,))


def test_looks_grow_in_proportion_and_end_with_the_budget():
    assert look_sizes(10, 10) == (10,)
    sizes = look_sizes(10, 1000)
    assert sizes[0] == 10 and sizes[-1] == 1000 and all(b / a <= 1.75 for a, b in pairwise(sizes))
    with pytest.raises(InputError, match="the first must lie between 2 and the budget 5"):
        look_sizes(10, 5)


def test_clear_differences_stop_at_the_first_look_and_only_open_ones_go_on():
    z = normals(0, (3, 400))
    values = {"base": z[0][:, None], "far": z[1][:, None] + 5, "near": z[2][:, None] + 0.6}
    study = finished(CompareUntilSettled(list(values), [Aspect("kpi")], "base"), values)
    verdicts = {finding.alternative: (finding.verdict, finding.n) for finding in study.findings}
    assert verdicts["far"] == ("better", 10)
    assert verdicts["near"][0] == "better" and verdicts["near"][1] > 10
    assert study.n["far"] == 10 and study.n["base"] == study.n["near"] > 10
    assert study.is_settled


def test_equivalence_settles_what_equality_cannot():
    z = normals(1, (200, 1))
    values = {"a": z, "b": z + 0.001 * normals(2, (200, 1))}
    open_ended = finished(CompareUntilSettled(["a", "b"], [Aspect("kpi")]), values)
    assert not open_ended.is_settled and open_ended.n == {"a": 200, "b": 200}
    settled = finished(CompareUntilSettled(["a", "b"], [Aspect("kpi", equivalent=0.01)]), values)
    assert settled.findings[0].verdict == "equivalent" and settled.n["a"] == 10


def test_kpis_have_directions_and_share_the_error_rate():
    z = normals(3, (10, 2))
    values = {"base": z, "other": z + [2.0, 2.0] + 0.1 * normals(4, (10, 2))}
    aspects = [Aspect("on time"), Aspect("cost", is_larger_better=False)]
    study = finished(CompareUntilSettled(["base", "other"], aspects, "base", n_most=10), values)
    assert [finding.verdict for finding in study.findings] == ["better", "worse"]
    alone = CompareUntilSettled(["base", "other"], aspects[:1], "base", n_most=10)
    assert 1 - study._levels[0] == pytest.approx((1 - alone._levels[0]) / 2)


def test_a_kpi_that_is_nowhere_defined_has_no_finding():
    values = {name: np.full((20, 1), math.nan) for name in "ab"}
    study = finished(CompareUntilSettled(["a", "b"], [Aspect("kpi")], n_most=20), values)
    assert study.findings == [] and not study.is_settled


def test_names_are_checked():
    with pytest.raises(UnknownNameError, match="no alternative is called 'bse' - did you mean 'base'"):
        CompareUntilSettled(["base", "other"], [Aspect("kpi")], "bse")
    with pytest.raises(InputError, match="'a' is there twice"):
        CompareUntilSettled(["a", "a"], [Aspect("kpi")])
    with pytest.raises(InputError, match="must be 2 or more"):
        CompareUntilSettled(["a"], [Aspect("kpi")])
