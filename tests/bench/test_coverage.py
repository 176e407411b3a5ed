"""The tables of coverage: exact answers of their models, known failures of plain intervals, promises kept."""

import csv

import numpy as np
import pytest

from fulfillsim.bench.coverage import coverage, false_calls, guarantee, naive_coverage
from fulfillsim.bench.coverage.intervals import stream
from fulfillsim.bench.coverage.models import Queue, d25, replicated, steady
from fulfillsim.bench.coverage.slippage import Sampler


def exact_value(shared_data, name: str) -> float:
    with (shared_data / "validation" / "analytic_cases.csv").open(newline="", encoding="utf-8") as file:
        return next(float(row["exact_value"]) for row in csv.DictReader(file) if row["id"] == name)


def test_exact_answers_agree_with_the_shared_table(shared_data):
    by_name = {model.name: model for model in replicated()}
    assert d25() == pytest.approx(exact_value(shared_data, "Q03"), rel=1e-9)
    assert by_name["reliability (Law)"].mean == pytest.approx(exact_value(shared_data, "R23"), rel=1e-9)


@pytest.mark.statistical
@pytest.mark.parametrize("model", replicated(), ids=lambda model: model.name)
def test_models_draw_what_their_exact_answers_say(model):
    """100,000 values each; 4.5 standard errors."""
    values = model.draw(stream(9, 0), 100_000)
    assert values.mean() == pytest.approx(model.mean, abs=4.5 * values.std() / 316)
    for share, exact in ((np.mean(values > model.limit), model.exceed_prob), (np.mean(values > model.p95), 0.05)):
        if not np.isnan(exact) and share > 0:
            assert share == pytest.approx(exact, abs=4.5 * (exact * (1 - exact)) ** 0.5 / 316)


def test_delays_are_lindleys_in_whatever_pieces():
    whole, pieces = Queue(stream(1, 1), 0.9), Queue(stream(1, 1), 0.9)
    steps = stream(1, 1)
    service, gap = steps.exponential(0.9, 500), steps.exponential(1.0, 500)
    delay, expected = 0.0, []
    for s, a in zip(service, gap, strict=True):
        expected.append(delay)
        delay = max(delay + s - a, 0.0)
    np.testing.assert_allclose(whole.delays(500), expected, atol=1e-12)
    assert pieces.delays(1)[0] == 0.0 and len(steady()) == 3


def test_the_sampler_ties_equal_replications_of_different_alternatives():
    sample = Sampler(stream(2, 1), 0.7)
    first = sample({"0": 3000, "1": 1000})
    second = sample({"1": 2000})
    one = np.concatenate((first["1"], second["1"]))
    assert np.corrcoef(first["0"], one)[0, 1] == pytest.approx(0.7, abs=0.05)


@pytest.mark.slow
@pytest.mark.statistical
def test_plain_intervals_cover_as_little_as_law_printed():
    """Law's shares come from 500 experiments, ours from 1,000; 4 standard errors of the difference."""
    table = naive_coverage(1000)
    plain = table[table.interval == "t"]
    errors = np.sqrt(plain.printed * (1 - plain.printed) * (1 / 500 + 1 / 1000))
    assert (np.abs(plain.coverage - plain.printed) <= 4 * errors).all()
    bent = table[table.interval != "t"]
    assert (bent.coverage.to_numpy() > plain.coverage.to_numpy()).all()


@pytest.mark.slow
@pytest.mark.statistical
def test_intervals_cover_at_the_number_they_ask_for():
    """All cells, 300 experiments each: the 99 % ends reach into 93.5 to 96.5 %. Printed figures use 2,000."""
    table = coverage(300)
    assert table.model.nunique() >= 12
    assert (table.low_99 <= 0.965).all() and (table.high_99 >= 0.935).all()
    assert table.coverage.mean() == pytest.approx(0.947, abs=0.01)


@pytest.mark.slow
@pytest.mark.statistical
def test_peeking_calls_many_false_differences_and_our_looks_few():
    """400 studies of each: above 25 % of the plain ones; of ours the 99 % interval reaches below 5 %."""
    table = false_calls(400)
    peeking = table.procedure.str.startswith("a plain")
    assert (table[peeking].called > 0.25).all()
    assert (table[~peeking].low_99 <= 0.05).all()
    assert table[~peeking].called.mean() < 0.05


@pytest.mark.slow
@pytest.mark.statistical
def test_selections_keep_their_promise_at_the_slippage_configuration():
    """200 runs of each, k = 10: none is significantly below 0.95, and KN++ needs 620 and 300 at most."""
    table = guarantee(200, ks=(10,)).set_index("procedure")
    assert (table.pcs >= 0.90).all()
    assert table.n_total["KN++"] <= 620 and table.n_total["KN++, crn"] <= 300
