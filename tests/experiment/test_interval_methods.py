"""Intervals by method, each against the procedure in `stats` or a value that is known from theory."""

import math
from dataclasses import replace

import numpy as np
import pytest

import fulfillsim as fs
from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.experiment.interval_methods import METHODS, is_daily, options_of, parse_interval
from fulfillsim.experiment.replication import replicate
from fulfillsim.kpi import compute
from fulfillsim.sampling.distributions import make
from fulfillsim.sampling.streams import MirroredStreams, Streams
from fulfillsim.sim import run
from fulfillsim.stats.batch_means import batch_means_interval, overlapping_batch_means_interval
from fulfillsim.stats.quantiles import batch_quantile_interval, quantile_interval
from fulfillsim.stats.skewness import skewed_mean_interval
from fulfillsim.tape import draw_tape

WAIT = "wait.service"
MM1 = fs.load_scenario("theory/mm1", ["days=28", "warm_up=0 days"])


@pytest.fixture(scope="module")
def result():
    return fs.simulate(MM1, 10, jobs=1, by=["day"], progress=False)


@pytest.fixture(scope="module")
def values(result):
    return result.packed.column(WAIT)


@pytest.fixture(scope="module")
def days(result):
    frame = result.to_frame("kpis")
    frame = frame[(frame["kpi"] == WAIT) & frame["day"].notna()]
    return frame.pivot_table(index="replication", columns="day", values="value").to_numpy()


def test_methods_over_replications_are_those_of_stats(result, values):
    assert result.interval(WAIT).interval == result.lines()[[line.kpi for line in result.lines()].index(WAIT)].estimate
    assert result.interval(WAIT, "skewed", 0.9).interval == skewed_mean_interval(values, 0.9)
    assert result.interval(WAIT, "quantile", prob=0.5).interval == quantile_interval(values, 0.5)


def test_a_share_of_replications_counts_those_at_or_beyond_the_bound(result, values):
    bound = float(np.sort(values)[3])
    found = result.interval(WAIT, "share", at_most=bound)
    assert (found.interval.estimate, found.unit, found.interval.n) == (0.4, "share", 10)
    exact = result.interval(WAIT, "share_exact", at_least=bound)
    assert exact.interval.estimate == 0.7
    assert exact.interval.low < 0.7 < exact.interval.high


def test_methods_of_one_run_take_its_days(result, days):
    assert days.shape == (10, 28)
    told = result.interval(WAIT, "batch_means", n_batches=7, replication=3)
    assert told.interval == batch_means_interval(days[3], 7)
    assert told.said == "7 batches of 28 days of replication 3"
    found = result.interval(WAIT, "overlapping_batch_means", n_batches=7).interval
    assert found == overlapping_batch_means_interval(days[0], 7)
    assert result.interval(WAIT, "batch_quantile", n_batches=4).interval == batch_quantile_interval(days[0], 0.9, 4)


def test_whole_weeks_are_means_of_seven_days(result, days):
    weeks = days.reshape(10, 4, 7).mean(axis=2)
    found = result.interval(WAIT, "batch_means", n_batches=4, cycle=7)
    assert found.interval.estimate == pytest.approx(weeks[0].mean(), rel=1e-12)
    assert "cycles of 7 days" in found.said
    with pytest.raises(InputError, match="28 values must be whole cycles of 5"):
        result.interval(WAIT, "batch_means", cycle=5)


def test_the_first_days_are_left_out_of_each_run(result, days):
    found = result.interval(WAIT, "replication_deletion", cut=5)
    assert found.interval.estimate == pytest.approx(days[:, 5:].mean(), rel=1e-12)
    for cut in ("welch", "mser"):
        assert "left out" in result.interval(WAIT, "replication_deletion", cut=cut).said
    with pytest.raises(InputError, match="cut must be welch, mser or a number"):
        result.interval(WAIT, "replication_deletion", cut="walch")


def test_controls_make_a_mean_surer_and_their_own_mean_known(result):
    plain, found = result.interval("throughput"), result.interval("throughput", "controlled")
    assert found.interval.half_width < plain.interval.half_width / 10
    assert found.interval.low < 1296.0 < found.interval.high  # 54 orders an hour
    with pytest.raises(UnknownNameError, match="did you mean 'orders'"):
        result.interval("throughput", "controlled", controls="order")


def test_the_mean_of_orders_is_not_known_of_a_renewal_process():
    poisson = fs.load_scenario("theory/mm1", ["days=2"]).world()
    channel = poisson.demand.channels[0]
    renewal = replace(channel, arrivals=replace(channel.arrivals, headway=make("exponential", mean=60.0)))
    world = replace(poisson, demand=replace(poisson.demand, channels=(renewal,)))
    result = fs.simulate(world, 4, jobs=1, progress=False)
    with pytest.raises(InputError, match="take controls=work"):
        result.interval("throughput", "controlled")
    assert result.interval("throughput", "controlled", controls="work").interval.n == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wait.service", "must be KPI=METHOD"),
        ("wait.service=", "must be KPI=METHOD"),
        ("wait.service=bach_means", "did you mean 'batch_means'"),
        ("wait.service=quantile:porb=0.9", "no option of the method 'quantile' is called 'porb'"),
        ("wait.service=quantile:0.9", "options are NAME=VALUE"),
        ("wiat.service=t", "no KPI is called 'wiat.service'"),
    ],
)
def test_what_cannot_be_understood_is_refused_before_anything_runs(text, message):
    with pytest.raises(InputError, match=message):
        parse_interval(text)


@pytest.mark.parametrize(
    ("method", "how", "message"),
    [
        ("share", {}, "give one bound"),
        ("quantile", {"prob": 1.5}, "prob"),
        ("batch_means", {"n_batches": 40}, "between 2 and the number of values"),
        ("batch_means", {"replication": 99}, "no finished replication"),
    ],
)
def test_a_method_that_cannot_be_used_says_why(result, method, how, message):
    with pytest.raises(InputError, match=message):
        result.interval(WAIT, method, **how)


def test_every_method_tells_itself_and_its_options(result):
    assert all(method.__doc__ for method in METHODS.values())
    assert options_of("batch_quantile") == "prob=0.9, n_batches=20, replication=0, cycle"
    found = result.interval(WAIT, "quantile", prob=0.99)
    assert found.as_row()["high"] is None
    assert "<td>wait.service</td>" in found._repr_html_()
    assert str(result.interval(WAIT)).startswith("wait.service by t: ")


def test_days_are_alike_where_neither_demand_nor_roster_differs():
    assert is_daily(MM1.world())
    assert not is_daily(fs.load_scenario("baseline").world())


def test_mirrored_numbers_are_one_minus_the_others_to_the_bit():
    plain, mirrored = Streams(3, 7), MirroredStreams(3, 7)
    assert (mirrored.uniforms("work", 5, 100) == 1.0 - plain.uniforms("work", 5, 100)).all()
    assert mirrored.hashed_uniform("absence", 1, 2) == 1.0 - plain.hashed_uniform("absence", 1, 2)
    assert mirrored.hashed_uniforms("absence", [1, 2]).tolist() == [
        mirrored.hashed_uniform("absence", k) for k in (1, 2)
    ]


def test_an_antithetic_pair_has_the_means_of_a_run_and_its_mirror():
    world = fs.load_scenario("theory/mm1", ["days=2"]).world()
    pair = fs.simulate(world, 2, jobs=1, antithetic=True, progress=False)
    plain = {value.kpi: value.value for value in replicate(world, 1, 1).record.values}
    mirrored = {v.name: v.value for v in compute(world, run(world, draw_tape(world, 1, 1, MirroredStreams)))}
    for value in pair.records[1].values:
        both = [side[value.kpi] for side in (plain, mirrored) if not math.isnan(side[value.kpi])]
        assert value.value == sum(both) / len(both) if both else math.isnan(value.value)
    assert pair.headline().startswith("mm1: 2 antithetic pairs")


def test_antithetic_pairs_know_throughput_better_than_twice_as_many_runs():
    scenario = fs.load_scenario("theory/mm1", ["days=3"])
    pairs = fs.simulate(scenario, 10, jobs=1, antithetic=True, progress=False).interval("throughput").interval
    runs = fs.simulate(scenario, 20, jobs=1, progress=False).interval("throughput").interval
    assert pairs.half_width < runs.half_width / 3
    assert pairs.low < 1296.0 < pairs.high


def test_a_directory_of_pairs_is_not_gone_on_with_plain_runs_and_verifies(tmp_path):
    scenario = fs.load_scenario("theory/mm1", ["days=2"])
    fs.simulate(scenario, 2, jobs=1, antithetic=True, out=tmp_path / "pairs", progress=False)
    with pytest.raises(fs.FulfillsimError, match="another replication"):
        fs.simulate(scenario, 3, jobs=1, out=tmp_path / "pairs", progress=False)
    assert fs.verify(tmp_path / "pairs", None).differing == []
    with pytest.raises(InputError, match="leave one of the two out"):
        fs.simulate(scenario, 2, antithetic=True, replicate=lambda *_: None)
