"""Selection: the contract of all procedures, hand-made cases, and who refuses common random numbers."""

import math

import numpy as np
import pytest

from fulfillsim.errors import InputError
from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.selection import GSP, KN, NSGS, OCBA, PROCEDURES, DudewiczDalal, KNpp, Rinott
from fulfillsim.stats.selection.constants import dudewicz_dalal_h, gsp_eta, kn_h_squared, rinott_h

NAMES = ["a", "b", "c", "d"]
MEANS = {"a": 0.0, "b": 1.0, "c": 0.3, "d": -2.0}


def normals(cell: int, shape) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(Streams(90, 0).uniforms("test", cell, shape))


def values_of(cell: int, n: int = 20_000) -> dict[str, np.ndarray]:
    return {name: MEANS[name] + column for name, column in zip(NAMES, normals(cell, (4, n)), strict=True)}


def finished(procedure, values):
    used = dict.fromkeys(values, 0)
    while wanted := procedure.ask():
        procedure.tell({name: values[name][used[name] : used[name] + n] for name, n in wanted.items()})
        for name, n in wanted.items():
            used[name] += n
    assert procedure.result.n_used == used
    return procedure.result


def made(name: str, **more):
    first = {"budget": 400} if name == "ocba" else {"delta": 0.5}
    return PROCEDURES[name].make(NAMES, **first, **more)


@pytest.mark.parametrize("name", PROCEDURES)
def test_the_best_is_found_and_the_outcome_adds_up(name):
    values = values_of(0)
    result = finished(made(name), values)
    assert result.best == "b" == result.survivors[0]
    assert set(result.survivors) <= set(NAMES)
    for alternative, n in result.n_used.items():
        assert result.means[alternative] == pytest.approx(values[alternative][:n].mean())
    assert ("no guarantee" in result.guarantee) == (PROCEDURES[name].guarantee == "none")


@pytest.mark.parametrize("name", PROCEDURES)
def test_turned_values_and_the_other_direction_give_the_same_choice(name):
    values = values_of(1)
    one = finished(made(name), values)
    other = finished(made(name, is_larger_better=False), {key: -row for key, row in values.items()})
    assert (one.survivors, one.n_used) == (other.survivors, other.n_used)


@pytest.mark.parametrize("name", PROCEDURES)
def test_common_random_numbers_are_allowed_or_refused_as_the_table_says(name):
    if PROCEDURES[name].allows_crn:
        made(name, crn=True)
    else:
        with pytest.raises(InputError, match="assumes independent alternatives"):
            made(name, crn=True)


@pytest.mark.parametrize("name", PROCEDURES)
def test_constant_values_end_at_once_with_the_largest(name):
    values = {key: np.full(2000, mean) for key, mean in MEANS.items()}
    assert finished(made(name), values).best == "b"


@pytest.mark.parametrize("name", [name for name in PROCEDURES if name != "ocba"])
def test_wrong_numbers_are_refused(name):
    make = PROCEDURES[name].make
    with pytest.raises(InputError, match="indifference zone: must be > 0"):
        make(NAMES, delta=0.0)
    with pytest.raises(InputError, match="'a' is there twice"):
        make(["a", "a"], delta=1.0)
    with pytest.raises(ValueError, match="must give the"):
        procedure = make(["a", "b"], delta=1.0)
        procedure.tell({"a": [1.0], "b": [2.0]})


def test_kn_screens_as_its_paper_says():
    """Sums compared by hand, replication by replication, for two alternatives."""
    a, b = normals(2, (2, 3000)) + np.array([[0.1], [0.0]])
    h2, delta = kn_h_squared(2, 0.05, 10), 0.2
    variance = (a[:10] - b[:10]).var(ddof=1)
    r = np.arange(10, 3000)
    gap = np.cumsum(a - b)[9:-1]
    region = np.maximum(h2 * variance / delta - delta * r, 0) / 2
    stop = int(r[np.flatnonzero((np.abs(gap) > region) | (region == 0))[0]])
    result = finished(KN(["a", "b"], delta), {"a": a, "b": b})
    assert result.n_used == {"a": stop, "b": stop}
    assert result.best == ("a" if gap[stop - 10] > 0 else "b")


def test_common_random_numbers_make_kn_faster():
    shared, own = normals(3, 20_000), normals(4, (4, 20_000))
    apart = {name: MEANS[name] / 3 + row for name, row in zip(NAMES, own, strict=True)}
    tied = {name: MEANS[name] / 3 + 0.9**0.5 * shared + 0.1**0.5 * row for name, row in zip(NAMES, own, strict=True)}
    for make in (KN, KNpp):
        assert finished(make(NAMES, 0.2), tied).n_total < 0.4 * finished(make(NAMES, 0.2), apart).n_total


def test_screening_in_batches_costs_little():
    values = values_of(5)
    one, ten = (finished(KN(NAMES, 0.3, batch=batch), values).n_total for batch in (1, 10))
    assert one <= ten <= one + 4 * 10


def test_rinotts_totals_are_those_of_the_formula():
    values = values_of(6)
    used = finished(Rinott(NAMES, 0.5), values).n_used
    h = rinott_h(4, 0.95, 20)
    for name in NAMES:
        assert used[name] == max(20, math.ceil((h / 0.5) ** 2 * values[name][:20].var(ddof=1)))


def test_dudewicz_and_dalals_weights_make_all_means_equally_precise():
    """Sum of squared weights times S**2 is (delta / h)**2 for every alternative."""
    values = {name: scale * row for scale, (name, row) in enumerate(values_of(7).items(), start=1)}
    procedure = DudewiczDalal(NAMES, 0.5)
    result = finished(procedure, values)
    h = dudewicz_dalal_h(4, 0.96, 20)  # four fifths of the error rate are spent
    for i, name in enumerate(NAMES):
        n, s2 = result.n_used[name], values[name][:20].var(ddof=1)
        scale = (h / 0.5) ** 2 * s2
        w = 20 / n * (1 + math.sqrt(1 - n / 20 * (1 - (n - 20) / scale)))
        assert w**2 / 20 + (1 - w) ** 2 / (n - 20) == pytest.approx((0.5 / h) ** 2 / s2)
        weighted = w * values[name][:20].mean() + (1 - w) * values[name][20:n].mean()
        assert procedure._weighted()[i] == pytest.approx(weighted)


def test_screening_spares_the_second_stage_of_the_hopeless():
    values = values_of(8)
    assert finished(Rinott(NAMES, 0.1), values).n_used["d"] > 500
    for make in (NSGS, GSP):
        assert finished(make(NAMES, 0.1), values).n_used["d"] < 60


def test_the_screening_constant_of_gsp_is_that_of_a_simulated_expectation():
    from scipy.stats import chi2, norm

    least = chi2.ppf(Streams(91, 0).uniforms("test", 0, (2, 400_000)), 19).min(axis=0)
    share = 1 - (1 - 0.025) ** (1 / 9)
    assert np.mean(2 * norm.sf(gsp_eta(10, 0.025, 20) * np.sqrt(least))) == pytest.approx(share, rel=0.02)


def test_ocba_spends_its_budget_on_the_best_and_its_rivals():
    result = finished(OCBA(NAMES, 1001, step=7), values_of(9))
    assert result.n_total == 1001
    assert min(result.n_used["b"], result.n_used["c"]) > 3 * result.n_used["d"]
    with pytest.raises(InputError, match="must cover 10 first replications of 4"):
        OCBA(NAMES, 39)


@pytest.mark.statistical
def test_with_unequal_variances_the_best_is_chosen_as_often_as_promised():
    """600 runs of each at slippage with standard deviations 1 to 2; one-sided, false-alarm rate 0.1 %."""
    from scipy.stats import binomtest

    z = normals(10, (600, 4, 1500)) * np.array([1.0, 1.2, 1.6, 2.0])[:, None]
    z[:, 1] += 0.6
    for make in (KNpp, Rinott, NSGS):
        hits = sum(finished(make(NAMES, 0.6), dict(zip(NAMES, run, strict=True))).best == "b" for run in z)
        assert binomtest(hits, 600, 0.95, alternative="less").pvalue > 0.001
