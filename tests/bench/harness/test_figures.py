import pytest

from fulfillsim.bench.harness.best_known import Best
from fulfillsim.bench.harness.figures import convergence_frame, lines, profile_frame, target_s
from fulfillsim.bench.harness.job import Outcome
from fulfillsim.bench.harness.rows import Row, Setting
from fulfillsim.bench.harness.study import Result


def result(instance, solver, value, best=100.0, status="feasible", time_s=4.0, **more):
    setting = Setting("toy", instance, "d", instance.partition("/")[0], solver, "plain", "plain", 1, 5.0)
    outcome = Outcome(status, value, time_s=time_s, cpu_s=time_s, **more)
    return Result(Row(setting, outcome), None if best is None else Best(best, proven=True))


def test_gaps_are_of_the_runs_with_a_plan_and_failures_are_counted_beside_them():
    results = [
        result("a/1", "s", 102.0),
        result("a/2", "s", 100.0, status="optimal", lower_bound=100.0),
        result("b/1", "s", 150.0, status="overrun"),
        result("b/2", "s", None, status="error"),
        result("b/3", "s", 7.0, best=None, lower_bound=3.5),
    ]
    (line,) = lines(results, target_percent=1.0)
    assert (line.n, line.n_failed, line.n_compared) == (5, 2, 2)
    assert line.mean_value == pytest.approx((102.0 + 100.0 + 7.0) / 3)
    assert line.mean_gap_percent == pytest.approx(1.0)
    assert line.worst_gap_percent == pytest.approx(2.0)
    assert (line.share_best, line.share_better, line.share_proven) == (0.5, 0.0, 0.2)
    assert line.mean_bound_gap_percent == pytest.approx(25.0)
    assert [part.group for part in lines(results, 1.0, by_group=True)] == ["a", "b"]


def test_a_value_below_a_proven_one_or_a_false_proof_is_a_contradiction():
    assert result("a", "s", 99.0).contradicts
    assert result("a", "s", 101.0, status="optimal").contradicts
    assert not result("a", "s", 101.0).contradicts
    assert not result("a", "s", 100.0, status="optimal").contradicts


def test_the_time_to_target_is_that_of_the_first_improvement_within_it():
    run = result("a", "s", 100.5, incumbents=((0.5, 130.0), (1.5, 101.0), (2.0, 100.0)))
    assert target_s(run, 30.0) == 0.5
    assert target_s(run, 1.0) == 1.5
    # an incumbent below the plan that was returned is not believed
    assert target_s(run, 0.5) == 2.0
    assert target_s(run, 0.1) == float("inf")


def test_convergence_is_the_mean_of_the_last_improvements():
    results = [result("a", "s", 100.0, incumbents=((1.0, 110.0),)), result("b", "s", 104.0, incumbents=((2.0, 120.0),))]
    frame = convergence_frame(results)
    at = {round(row.time_s, 6): row for row in frame.itertuples()}
    assert at[4.0].mean_gap_percent == pytest.approx(2.0)
    early = frame[(frame["time_s"] >= 1.0) & (frame["time_s"] < 2.0)]
    assert set(early["share"]) == {0.5}
    assert early["mean_gap_percent"].to_numpy() == pytest.approx(10.0)


def test_a_profile_counts_runs_within_a_factor_of_the_best_and_failures_never():
    results = [
        result("a", "good", 100.0, best=None),
        result("b", "good", 110.0, best=None),
        result("a", "bad", 200.0, best=None),
        result("b", "bad", None, best=None, status="error"),
    ]
    frame = profile_frame(results)
    steps = {name: list(zip(part["ratio"], part["share"], strict=True)) for name, part in frame.groupby("solver")}
    assert steps["good"] == [(1.0, 0.0), (1.0, 0.5), (1.0, 1.0)]
    assert steps["bad"] == [(1.0, 0.0), (2.0, 0.5)]


def test_a_profile_of_time_counts_only_runs_as_good_as_the_best():
    results = [result("a", "quick", 101.0, time_s=1.0), result("a", "slow", 100.0, time_s=3.0)]
    frame = profile_frame(results, measure="cpu")
    assert frame[frame["solver"] == "quick"]["share"].max() == 0.0
    assert frame[frame["solver"] == "slow"]["share"].max() == 1.0
