"""Distributions: quantiles against scipy.stats, moments against quadrature, two roads to the same bits."""

import math
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from scipy import stats

from fulfillsim.errors import DistributionError, UnknownNameError
from fulfillsim.sampling.distributions import COUNT_FAMILIES, FAMILIES, PARAMETERS, Distribution, make, make_count
from fulfillsim.sampling.streams import UNIFORM_MAX, UNIFORM_MIN, Streams

SIGMA = math.sqrt(math.log1p(0.49))

#: name -> (distribution, frozen scipy.stats distribution or None)
CONTINUOUS = {
    "exponential": (make("exponential", mean=30.0), stats.expon(scale=30.0)),
    "erlang": (make("erlang", mean=10.0, k=3), stats.gamma(3, scale=10 / 3)),
    "erlang one phase": (make("erlang", mean=10.0, cv=1.0), stats.expon(scale=10.0)),
    "gamma": (make("gamma", mean=60.0, cv=0.4), stats.gamma(6.25, scale=9.6)),
    "gamma rough": (make("gamma", shape=0.3, scale=2.0), stats.gamma(0.3, scale=2.0)),
    "lognormal": (make("lognormal", mean=45.0, cv=0.7), stats.lognorm(SIGMA, scale=45 / math.sqrt(1.49))),
    "lognormal wide": (make("lognormal", median=5.0, sigma=2.0), stats.lognorm(2.0, scale=5.0)),
    "weibull": (make("weibull", scale=20.0, shape=1.7), stats.weibull_min(1.7, scale=20.0)),
    "weibull rough": (make("weibull", scale=20.0, shape=0.6), stats.weibull_min(0.6, scale=20.0)),
    "uniform": (make("uniform", low=2.0, high=5.0), stats.uniform(2.0, 3.0)),
    "triangular": (make("triangular", low=1.0, mode=2.0, high=6.0), stats.triang(0.2, 1.0, 5.0)),
    "triangular left": (make("triangular", low=0.0, mode=0.0, high=6.0), stats.triang(0.0, 0.0, 6.0)),
    "triangular right": (make("triangular", low=0.0, mode=6.0, high=6.0), stats.triang(1.0, 0.0, 6.0)),
    "shifted": (make("exponential", mean=5.0, shift=10.0), stats.expon(10.0, 5.0)),
    "truncated": (
        make("exponential", mean=4.0, at_least=1.0, at_most=9.0),
        stats.truncexpon(2.0, loc=1.0, scale=4.0),
    ),
    "hyperexponential": (make("hyperexponential", mean=10.0, cv=2.5), None),
    "hyperexponential wild": (make("hyperexponential", probs=[0.6, 0.3, 0.1], means=[1.0, 20.0, 900.0]), None),
}
OTHERS = {
    "deterministic": make("deterministic", value=12.5),
    "empirical steps": make("empirical", values=[3.0, 1.0, 2.0, 3.0], weights=[1, 2, 0, 3]),
    "empirical lines": make("empirical", values=[3.0, 1.0, 7.0, 4.5], weights=[1, 2, 2, 3], interpolate=True),
    "mixture": make(
        "mixture",
        weights=[2.0, 0.0, 1.0],
        components=[
            make("lognormal", mean=5.0, cv=0.5),
            make("exponential", mean=1.0),
            make("gamma", mean=50.0, cv=0.2),
        ],
    ),
}
COUNTS = {
    "geometric": (make_count("geometric", mean=2.4), stats.geom(1 / 2.4)),
    "poisson": (make_count("poisson", mean=3.2), stats.poisson(3.2)),
    "poisson shifted": (make_count("poisson", mean=1.3, shift=1), stats.poisson(0.3, loc=1)),
    "poisson large": (make_count("poisson", mean=900.0), stats.poisson(900.0)),
    "negative binomial": (make_count("negative_binomial", size=1.5, prob=0.3), None),
    "negative binomial rough": (make_count("negative_binomial", mean=2.3, cv=0.9), None),
    "fixed count": (make_count("deterministic", value=2), None),
    "empirical count": (make_count("empirical", values=[1, 2, 5], weights=[7, 2, 1]), None),
}
EVERY = {
    **{name: member for name, (member, _) in (CONTINUOUS | COUNTS).items()},
    **OTHERS,
    "scaled count": COUNTS["poisson"][0].scaled(0.3),
}

EXTREMES = np.array([UNIFORM_MIN, 1e-12, 1e-6, 0.5, 1 - 1e-6, UNIFORM_MAX])
GRID = np.concatenate((EXTREMES[:3], np.linspace(0.001, 0.999, 333), EXTREMES[4:]))
MONOTONE = sorted(name for name in EVERY if name != "mixture")


@pytest.mark.parametrize("name", sorted(n for n, (_, twin) in CONTINUOUS.items() if twin))
def test_quantiles_equal_those_of_scipy(name):
    member, twin = CONTINUOUS[name]
    np.testing.assert_allclose(member.quantile(GRID), twin.ppf(GRID), rtol=1e-11, atol=1e-15 * member.mean)


@pytest.mark.parametrize("name", sorted(n for n, (_, twin) in COUNTS.items() if twin))
def test_count_quantiles_equal_those_of_scipy(name):
    member, twin = COUNTS[name]
    u = Streams(1, 0).uniforms("test", 0, 5000)
    assert np.array_equal(member.quantile(u), twin.ppf(u))


@pytest.mark.parametrize("name", ["hyperexponential", "hyperexponential wild"])
def test_hyperexponential_quantiles_solve_their_equation(name):
    member, _ = CONTINUOUS[name]
    survival = sum(p * np.exp(-member.quantile(GRID) / m) for p, m in zip(member.probs, member.means, strict=True))
    np.testing.assert_allclose(survival, 1 - GRID, rtol=1e-12, atol=4e-16)


@given(st.floats(UNIFORM_MIN, UNIFORM_MAX), st.floats(1.0, 300.0))
def test_hyperexponential_solves_for_any_cv_and_any_uniform(u, cv):
    member = make("hyperexponential", mean=1.0, cv=cv)
    x = member.quantile_one(u)
    below = -math.fsum(p * math.expm1(-x / m) for p, m in zip(member.probs, member.means, strict=True))
    assert below == pytest.approx(u, rel=1e-12)
    assert member.quantile(np.array([u]))[0] == x


def graded_gauss_legendre():
    """Nodes and weights on (0, 1): pieces halve towards both ends, where quantiles rise without bound."""
    halves = 0.5 ** np.arange(1, 53)
    left = np.concatenate([np.linspace(b / 2, b, 17)[:-1] for b in halves[::-1]] + [[0.5]])
    cuts = np.concatenate((left, 1 - left[-2::-1]))
    points, weights = np.polynomial.legendre.leggauss(12)
    widths = np.diff(cuts)[:, None]
    return (cuts[:-1, None] + widths * (points + 1) / 2).ravel(), (widths * weights / 2).ravel()


@pytest.mark.parametrize("name", sorted(CONTINUOUS))
def test_mean_and_cv_equal_the_integral_of_the_quantile(name):
    member, _ = CONTINUOUS[name]
    nodes, weights = graded_gauss_legendre()
    values = member.quantile(nodes)
    mean = values @ weights
    variance = (values - mean) ** 2 @ weights
    assert mean == pytest.approx(member.mean, rel=1e-7)
    assert variance / mean**2 == pytest.approx(member.scv, rel=1e-4)
    assert member.cv == math.sqrt(member.scv)


@pytest.mark.parametrize("name", sorted(COUNTS | OTHERS))
def test_mean_and_cv_of_steps_and_lines_equal_averages_over_a_fine_grid(name):
    member = EVERY[name]
    values = member.quantile((np.arange(400_000) + 0.5) / 400_000)
    assert values.mean() == pytest.approx(member.mean, rel=1e-4)
    assert values.std() / values.mean() == pytest.approx(member.cv, rel=1e-3, abs=1e-12)


def test_moments_of_truncation_equal_those_of_scipy():
    member, twin = CONTINUOUS["truncated"]
    assert member.mean == pytest.approx(twin.mean(), rel=1e-12)
    assert member.cv == pytest.approx(twin.std() / twin.mean(), rel=1e-12)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_one_number_and_arrays_have_the_same_bits(name):
    u = np.concatenate((EXTREMES, Streams(2, 0).uniforms("test", 0, 3000)))
    assert EVERY[name].quantile(u).tolist() == [EVERY[name].quantile_one(x) for x in u.tolist()]


@pytest.mark.parametrize("name", sorted(EVERY))
def test_doubled_durations_are_doubled_to_the_bit(name):
    u = Streams(2, 0).uniforms("test", 1, 3000)
    doubled = EVERY[name].scaled(2.0)
    assert np.array_equal(doubled.quantile(u), 2 * EVERY[name].quantile(u))
    assert doubled.mean == 2 * EVERY[name].mean and doubled.cv == pytest.approx(EVERY[name].cv)


@pytest.mark.parametrize("name", MONOTONE)
def test_quantiles_never_fall_and_never_go_below_zero(name):
    values = EVERY[name].quantile(GRID)
    assert (np.diff(values) >= -1e-12 * values[1:]).all() and (values >= 0).all()


@pytest.mark.parametrize("name", sorted(EVERY))
def test_any_shape_comes_back_with_the_input_untouched(name):
    u = Streams(2, 0).uniforms("test", 2, (3, 4, 2))
    before = u.copy()
    values = EVERY[name].quantile(u)
    assert values.shape == u.shape and values.dtype == np.float64 and np.array_equal(u, before)
    assert EVERY[name].quantile(u[:0]).shape == (0, 4, 2)
    assert not np.shares_memory(values, u)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_members_are_distributions_and_travel_between_processes(name):
    member = EVERY[name]
    assert isinstance(member, Distribution)
    copy = pickle.loads(pickle.dumps(member))
    assert copy == member and hash(copy) == hash(member)
    assert copy.quantile_one(0.3) == member.quantile_one(0.3)


@pytest.mark.parametrize("family", ["gamma", "lognormal", "weibull", "hyperexponential", "uniform", "triangular"])
@given(st.floats(0.01, 1e5), st.floats(0.02, 30.0))
def test_mean_and_cv_come_back(family, mean, cv):
    cv = {"uniform": cv / 60, "triangular": cv / 80, "hyperexponential": 1 + cv}.get(family, cv)
    member = make(family, mean=mean, cv=cv)
    assert member.mean == pytest.approx(mean, rel=1e-9)
    assert member.cv == pytest.approx(cv, rel=1e-6)


@given(st.floats(1.05, 40.0), st.floats(0.0, 1.0))
def test_positive_negative_binomial_has_the_mean_and_cv_asked_for(mean, where):
    member = make_count("negative_binomial", size=0.05 + 5 * where, prob=min(0.9, 1 / mean))
    again = make_count("negative_binomial", mean=member.mean, cv=member.cv)
    assert again.mean == pytest.approx(member.mean, rel=1e-6)
    assert again.cv == pytest.approx(member.cv, rel=1e-6)


def test_positive_negative_binomial_equals_scipy_given_at_least_one():
    member = EVERY["negative binomial"]
    u = Streams(3, 0).uniforms("test", 0, 4000)
    twin = stats.nbinom(1.5, 0.3)
    zero_prob = twin.pmf(0)
    assert np.array_equal(member.quantile(u), twin.ppf(zero_prob + u * (1 - zero_prob)))


def test_empirical_steps_give_each_value_its_share():
    member = EVERY["empirical steps"]  # weights 1: 2, 2: 0, 3: 1 + 3
    assert member.quantile(np.array([0.3, 0.34, 0.99])).tolist() == [1.0, 3.0, 3.0]
    assert member.mean == pytest.approx((2 * 1 + 4 * 3) / 6)


def test_empirical_lines_pass_through_the_values():
    member = make("empirical", values=[10.0, 0.0, 4.0], interpolate=True)
    assert member.quantile(np.array([0.25, 0.5, 0.75])).tolist() == [2.0, 4.0, 7.0]
    assert member.mean == pytest.approx(4.5)


def test_mixture_picks_by_share_and_uses_the_rest_of_the_uniform():
    member = make(
        "mixture", weights=[1, 3], components=[make("uniform", low=0, high=8), make("uniform", low=100, high=104)]
    )
    assert member.quantile(np.array([0.125, 0.25, 0.625])).tolist() == pytest.approx([4.0, 100.0, 102.0])


@pytest.mark.statistical
@pytest.mark.parametrize("name", sorted(n for n, (_, twin) in CONTINUOUS.items() if twin))
def test_draws_follow_their_distribution(name):
    """Kolmogorov-Smirnov on 50,000 draws, false-alarm rate 0.1 % each."""
    member, twin = CONTINUOUS[name]
    assert stats.kstest(member.quantile(Streams(5, 0).uniforms("test", 0, 50_000)), twin.cdf).pvalue > 0.001


# --- bits on every CPU -----------------------------------------------------------------------------------

DIGEST = """
import hashlib, runpy, sys
EVERY = runpy.run_path(sys.argv[1])["EVERY"]
from fulfillsim.sampling.arrivals import day_arrivals
from fulfillsim.sampling.streams import Streams
u = Streams(1, 0).uniforms("test", 0, 20_011)
digest = hashlib.sha256(u.tobytes())
for name in sorted(EVERY):
    digest.update(EVERY[name].quantile(u).tobytes())
for part in day_arrivals(Streams(1, 0), "arrivals", 3, range(25), [40.0] * 24, vmr=2.0):
    digest.update(part.tobytes())
print(digest.hexdigest())
"""


def digest_without(features):
    environment = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(features)}
    command = [sys.executable, "-W", "ignore", "-c", DIGEST, __file__]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_bits_do_not_depend_on_the_cpu_level():
    levels = [feature for feature in __cpu_dispatch__ if __cpu_features__[feature]]
    if not levels:
        pytest.skip("this CPU has only numpy's baseline: there is no second level to compare with")
    cut = [levels[i:] for i in range(len(levels))]
    digests = {digest_without(features) for features in ([], *cut)}
    assert len(digests) == 1


def test_importing_the_room_imports_no_scipy():
    code = (
        "import sys, fulfillsim.sampling.distributions, fulfillsim.sampling.arrivals, fulfillsim.stats.intervals,"
        "fulfillsim.stats.survival, fulfillsim.stats.batch_means; assert not [m for m in sys.modules"
        " if m.split('.')[0] in ('scipy', 'pandas', 'numba')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- the registry and bad values --------------------------------------------------------------------------


def test_every_parameter_of_every_family_is_explained():
    for family in (*FAMILIES.values(), *COUNT_FAMILIES.values()):
        assert set(family.parameter_names) <= PARAMETERS.keys()


NAN = float("nan")


@pytest.mark.parametrize(
    ("family", "parameters", "says"),
    [
        ("gamma", {"mean": -3, "cv": 1}, r"gamma distribution, mean: must be > 0 \(got -3\) - turn the sign"),
        ("lognormal", {"mean": NAN, "cv": 1}, r"mean: must be a number.*got nan"),
        ("lognormal", {"mean": "60", "cv": 1}, r"mean: must be a number"),
        ("lognormal", {"mean": 1, "cv": 0}, r"cv: must be > 0 .*use the family deterministic"),
        ("lognormal", {"mean": 1, "cv": True}, r"cv: must be a number"),
        ("deterministic", {"mean": 3, "cv": 0.2}, r"cv: must be 0 \(got 0.2\)"),
        ("deterministic", {"value": -1}, r"value: must be >= 0"),
        ("exponential", {"mean": 3, "cv": 0.5}, r"cv: must be 1 \(got 0.5\) - below 1 use erlang or gamma"),
        ("exponential", {"mean": 10**400}, r"mean: must be a number, at most 1e300"),
        ("erlang", {"mean": 3, "cv": 0.6}, r"cv: must be 1/sqrt\(k\).*0.5774 \(k=3\)"),
        ("erlang", {"mean": 3, "k": 2.5}, r"k: must be a whole number >= 1"),
        ("hyperexponential", {"mean": 3, "cv": 0.9}, r"cv: must be >= 1"),
        ("hyperexponential", {"probs": [1.0], "means": [1.0, 2.0]}, r"probs: must be as many as means \(2\)"),
        ("hyperexponential", {"probs": 0.5, "means": [1.0]}, r"probs: must be a list"),
        ("uniform", {"low": 5, "high": 5}, r"high: must be > low = 5"),
        ("uniform", {"mean": 5, "cv": 0.7}, r"cv: must be <= 0.577"),
        ("triangular", {"low": 1, "mode": 7, "high": 5}, r"mode: must lie between low = 1 and high = 5"),
        ("weibull", {"scale": 1, "shape": 1e-3}, r"shape: must lie in 0.1"),
        ("weibull", {"mean": 1, "cv": 1e4}, r"cv: must lie in"),
        ("empirical", {"values": []}, r"values: must hold at least one value"),
        ("empirical", {"values": [1, -2]}, r"values: must be >= 0 \(got -2\)"),
        ("empirical", {"values": [1, 2], "weights": [0, 0]}, r"weights: must have a positive sum"),
        ("empirical", {"values": [1, 2], "weights": [1]}, r"weights: must be as many as values"),
        ("mixture", {"weights": [1], "components": [5]}, r"components: must be distributions"),
        ("gamma", {"mean": 3}, r"parameters: must be one full set.*got mean.*mean and cv; mean and shape"),
        ("gamma", {"mean": 3, "cvv": 1}, r"cvv: is not a parameter here.*did you mean cv\?"),
        ("exponential", {"mean": 1, "at_least": 3, "at_most": 2}, r"high: must be > low = 3"),
        ("exponential", {"mean": 1, "at_least": 100}, r"must leave more than 1e-9"),
        ("deterministic", {"value": 1, "at_most": 2}, r"base: must be a smooth family"),
        ("exponential", {"mean": 1, "shift": -1}, r"shift: must be >= 0"),
    ],
)
def test_bad_parameters_are_refused_by_name(family, parameters, says):
    with pytest.raises(DistributionError, match=says):
        make(family, **parameters)


@pytest.mark.parametrize(
    ("family", "parameters", "says"),
    [
        ("deterministic", {"value": 1.5}, r"value: must be a whole number >= 0 \(got 1.5\) - try 2"),
        ("geometric", {"mean": 1}, r"mean: must be > 1"),
        ("poisson", {"mean": 0.5, "shift": 1}, r"mean: must be > shift = 1"),
        ("negative_binomial", {"mean": 2.0, "cv": 0.1}, r"cv: must lie between 0.\d+ and .* for mean = 2"),
        ("negative_binomial", {"mean": 2.0, "cv": 9.0}, r"cv: must lie between"),
        ("empirical", {"values": [1, 2.5]}, r"values: must be a whole number"),
    ],
)
def test_bad_counts_are_refused_by_name(family, parameters, says):
    with pytest.raises(DistributionError, match=says):
        make_count(family, **parameters)


def test_a_refusal_is_a_value_error_and_survives_a_trip_between_processes():
    with pytest.raises(ValueError, match="turn the sign") as caught:
        make("gamma", mean=-3, cv=1)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_an_unknown_family_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'lognormal'"):
        make("log-normal", mean=1, cv=1)


@pytest.mark.parametrize("factor", [0.0, -1.0, NAN])
def test_durations_are_not_scaled_by_what_is_not_positive(factor):
    for member in EVERY.values():
        with pytest.raises(DistributionError, match="factor"):
            member.scaled(factor)
