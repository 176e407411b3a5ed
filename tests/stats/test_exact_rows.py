"""Statistics rows of the shared table of exact values: formulas to 1e-6, ratios of simulations by simulating them."""

import csv
import json
import math

import numpy as np
import pytest

from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.batch_means import overlapping_batch_means_interval
from fulfillsim.stats.intervals import t_quantile
from fulfillsim.stats.paired import paired_difference
from fulfillsim.stats.proportions import clopper_pearson_interval, wilson_interval
from fulfillsim.stats.quantiles import quantile_interval, rank_coverage
from fulfillsim.stats.selection import ocba_fractions
from fulfillsim.stats.selection.constants import (
    bechhofer_h,
    dudewicz_dalal_h,
    indifference_pcs,
    kn_eta,
    kn_h_squared,
    rinott_h,
    tukey_q,
)
from fulfillsim.stats.variance_reduction import antithetic_interval
from fulfillsim.stats.warmup import mser


def series() -> np.ndarray:
    t = np.arange(1000)
    return 100 + 60 * np.exp(-t / 50) + 10 * np.sin(1.7 * t) + 5 * np.sin(0.31 * t)


FORMULAS = {
    "R01": lambda p: indifference_pcs(p["k"], p["delta"] * math.sqrt(p["n"]) / p["sigma"]),
    "R03a": lambda p: dudewicz_dalal_h(p["k"], p["P"], p["n0"]),
    "R03b": lambda p: rinott_h(p["k"], p["P"], p["n0"]),
    "R06a": lambda p: dudewicz_dalal_h(p["k"], p["P"], p["n0"]),
    "R06b": lambda p: rinott_h(p["k"], p["P"], p["n0"]),
    "R07b": lambda p: kn_eta(p["k"], p["alpha"], p["n0"], crn=True),
    "R07i": lambda p: kn_eta(p["k"], p["alpha"], p["n0"], crn=False),
    "R07h": lambda p: kn_h_squared(p["k"], p["alpha"], p["n0"], crn=False),
    "R09": lambda p: bechhofer_h(p["k"], p["P"]),
    "R11": lambda p: tukey_q(p["k"], p["df"], p["level"]),
    "R13": lambda p: t_quantile(p["n"] - 1, 1 - (1 - p["level"]) / math.comb(p["k"], 2)),
    "R15": lambda p: rank_coverage(p["n"], p["p"], p["l"], p["u"]),
    "R17a": lambda p: clopper_pearson_interval(p["x"], p["n"]).low,
    "R17b": lambda p: wilson_interval(p["x"], p["n"]).low,
    "R30a": lambda p: mser(series()).n_cut,
    "R30b": lambda p: mser(series()).mean,
    "R32": lambda p: ocba_fractions(-np.array(p["mu"]), p["sd"])[0],
}


@pytest.fixture(scope="module")
def rows(shared_data):
    with (shared_data / "validation" / "analytic_cases.csv").open(newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def exact(rows, name: str) -> float:
    return float(rows[name]["exact_value"])


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_agree_to_six_digits_and_more(rows, name):
    found = FORMULAS[name](json.loads(rows[name]["parameters_json"]))
    assert found == pytest.approx(exact(rows, name), rel=1e-6)


@pytest.mark.statistical
def test_the_variance_of_a_mean_of_correlated_values_is_estimated(rows):
    """R19, AR(1) 0.9, n = 1000: mean of 400 estimates from 5 long batches each against 4 standard errors."""
    from scipy.signal import lfilter
    from scipy.special import ndtri

    noise = ndtri(Streams(19, 0).uniforms("test", 0, (4000, 1200)))
    means = lfilter([1.0], [1.0, -0.9], noise, axis=1)[:, 200:].mean(axis=1)
    # the variance of 4000 means has a relative standard error of sqrt(2 / 4000)
    assert means.var(ddof=1) == pytest.approx(exact(rows, "R19"), rel=4 * math.sqrt(2 / 4000))
    runs = lfilter([1.0], [1.0, -0.9], noise[:400].reshape(100, -1), axis=1)[:, 800:]
    found = [overlapping_batch_means_interval(run, 8) for run in runs]
    estimated = [(one.half_width / t_quantile(10.5, 0.95)) ** 2 * runs.shape[1] for one in found]
    # n Var -> 1 / (1 - phi)^2 = 100; batches of 500 leave 2 % of it out
    assert np.mean(estimated) == pytest.approx(100.0, rel=0.2)


@pytest.mark.statistical
@pytest.mark.slow
def test_the_asymptotic_variance_of_a_queue_is_that_of_whitt(rows):
    """R21: time averages of the number in M/M/1 0.8 over pieces of 20,000; 1,000 pieces, 4 standard errors."""
    n, rate = 36_000_000, 1.8
    streams = Streams(21, 0)
    walk = np.cumsum(np.where(streams.uniforms("test", 0, n) < 0.8 / rate, 1, -1).astype(np.int32))
    present = walk - np.minimum(np.minimum.accumulate(walk), 0)
    stays = -np.log(streams.uniforms("test", 1, n)) / rate
    ends = np.cumsum(stays)
    areas = np.cumsum(present * stays)
    cuts = np.searchsorted(ends, np.arange(0.0, ends[-1], 20_000.0))
    means = np.diff(areas[cuts]) / np.diff(ends[cuts])
    assert 20_000 * means.var(ddof=1) == pytest.approx(exact(rows, "R21"), rel=4 * math.sqrt(2 / 1000) + 0.02)


@pytest.mark.statistical
def test_common_random_numbers_on_two_base_stocks_save_as_much_as_enumerated(rows):
    """R25: 200,000 days; the ratio's standard error is about 1 %."""
    from scipy.stats import poisson

    facts = json.loads(rows["R25a"]["parameters_json"])
    demand = poisson.ppf(Streams(25, 0).uniforms("test", 0, 200_000), facts["mean"])

    def cost(stock: float) -> np.ndarray:
        return facts["h"] * np.maximum(stock - demand, 0) + facts["p"] * np.maximum(demand - stock, 0)

    found = paired_difference(cost(facts["S1"]), cost(facts["S2"]), 0.9999)
    assert exact(rows, "R25a") in found.interval
    assert found.variance_ratio == pytest.approx(exact(rows, "R25b"), rel=0.05)


@pytest.mark.statistical
def test_antithetic_pairs_of_an_exponential_save_as_much_as_ross_says(rows):
    """R27: E[exp(U)], 100,000 pairs; the ratio's standard error is about 0.5 %."""
    u = Streams(27, 0).uniforms("test", 0, 100_000)
    found = antithetic_interval(np.exp(np.stack([u, 1 - u], axis=1)), 0.9999)
    assert math.e - 1 in found.interval
    assert found.variance_ratio == pytest.approx(exact(rows, "R27"), rel=0.03)


@pytest.mark.statistical
def test_the_interval_for_a_quantile_covers_as_often_as_its_ranks_say(rows):
    """R15: 4,000 experiments of 200 values, 99.9 % binomial."""
    from scipy.stats import binomtest

    u = Streams(15, 0).uniforms("test", 0, (4000, 200))
    ordered = np.sort(u, axis=1)
    n_hits = int(((ordered[:, 183] <= 0.95) & (ordered[:, 196] >= 0.95)).sum())
    assert binomtest(n_hits, 4000, exact(rows, "R15")).pvalue > 0.001
    ours = sum(0.95 in quantile_interval(row, 0.95) for row in u)
    assert binomtest(ours, 4000, rank_coverage(200, 0.95, 185, 198)).pvalue > 0.001
