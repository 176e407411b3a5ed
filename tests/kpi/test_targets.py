import math
from dataclasses import replace

import pytest

from fulfillsim.domain.world import Target
from fulfillsim.errors import UnknownNameError
from fulfillsim.kpi import Facts, judge, target_values

D = 86_400.0


def words(world, sense, value, seen):
    targets = (Target("otif", sense, value),)
    return [verdict.word for verdict in judge(replace(world, targets=targets), {"otif": seen})]


def test_a_target_is_met_or_missed_only_if_the_whole_interval_says_so(world):
    seen = [0.94, 0.95, 0.96]  # t interval with 2 degrees of freedom: 0.95 +- 4.303 * 0.01 / sqrt(3) = 0.0248
    assert words(world, ">=", 0.925, seen) == ["met"]
    assert words(world, ">=", 0.926, seen) == ["not sure"]
    assert words(world, ">=", 0.975, seen) == ["missed"]
    assert words(world, "<=", 0.975, seen) == ["met"]
    assert words(world, "<=", 0.974, seen) == ["not sure"]
    assert words(world, "<=", 0.925, seen) == ["missed"]


def test_one_replication_proves_nothing(world):
    assert words(world, ">=", 0.5, [0.99]) == ["not sure"]
    assert words(world, ">=", 0.5, [0.99, math.nan]) == ["not sure"]


def test_the_verdict_carries_the_interval_behind_the_word(world):
    (verdict,) = judge(replace(world, targets=(Target("otif", ">=", 0.9),)), {"otif": [0.94, 0.95, 0.96, math.nan]})
    assert (verdict.n, verdict.mean) == (3, pytest.approx(0.95))
    assert verdict.half_width == pytest.approx(0.0248, abs=5e-5)


def test_a_target_on_what_the_scenario_does_not_have_is_refused(world):
    with_target = replace(world, targets=(Target("otfi", ">=", 0.9),))
    with pytest.raises(UnknownNameError, match="no KPI is called 'otfi' - did you mean 'otif'"):
        judge(with_target, {"otif": [1.0, 1.0]})
    with_target = replace(world, targets=(Target("utilization.packers", "<=", 0.9),))
    with pytest.raises(UnknownNameError, match=r"did you mean 'utilization\.pickers'"):
        judge(with_target, {"utilization.pickers": [1.0, 1.0]})


def judged(world, target, values=(), spans=()):
    (verdict,) = judge(replace(world, targets=(target,)), {target.kpi: values}, spans={target.label: spans})
    return verdict


def days(*values):
    return {("day", f"2026-03-0{day}"): value for day, value in enumerate(values, 2)}


def test_a_mean_constraint_per_day_is_judged_on_the_mean_of_each_runs_days(world):
    target = Target("otif", ">=", 0.925, per="day")
    spans = [days(0.90, 0.98), days(0.95, math.nan), days(0.96, 0.96)]  # means 0.94, 0.95, 0.96 as above
    verdict = judged(world, target, spans=spans)
    assert (verdict.word, verdict.n, verdict.mean) == ("met", 3, pytest.approx(0.95))
    assert judged(world, replace(target, value=0.926), spans=spans).word == "not sure"


def test_a_chance_constraint_counts_runs_that_keep_the_bound(world):
    target = Target("otif", ">=", 0.9, share=0.7)
    found = judged(world, target, values=[0.95] * 9 + [0.8])
    assert (found.mean, found.found.low, found.found.high) == (
        0.9,
        pytest.approx(0.555, abs=5e-4),
        pytest.approx(0.9975, abs=5e-5),
    )
    assert found.word == "not sure"  # Clopper and Pearson, 9 of 10
    assert judged(world, target, values=[0.95] * 11).word == "met"  # 0.025 ** (1 / 11) = 0.715
    assert judged(world, target, values=[0.95] * 10).word == "not sure"  # 0.025 ** (1 / 10) = 0.692
    assert judged(world, target, values=[0.8] * 4).word == "missed"  # 1 - 0.025 ** (1 / 4) = 0.602


def test_days_of_one_run_are_no_independent_trials(world):
    target = Target("otif", ">=", 0.9, per="day", share=0.6)
    alike = [days(0.95, 0.95, 0.95, 0.95)] * 4  # sixteen days, and still four runs: 0.025 ** (1 / 4) = 0.398
    assert judged(world, target, spans=alike).word == "not sure"
    differing = [days(0.95, 0.95, 0.95, 0.8), *[days(0.95, 0.95, 0.95, 0.95)] * 5]
    verdict = judged(world, target, spans=differing)  # t interval of 0.75, 1 x 5: 0.958 +- 0.107
    assert (verdict.word, verdict.mean) == ("met", pytest.approx(0.9583, abs=5e-5))
    assert (verdict.found.low, verdict.found.high) == (pytest.approx(0.851, abs=5e-4), 1.0)


def test_every_target_shows_its_worst_day_and_the_share_of_days_that_keep_it(world):
    spans = [days(0.90, 0.98), days(0.95, math.nan)]
    verdict = judged(world, Target("otif", ">=", 0.92), [0.94, 0.95], spans)
    assert (verdict.worst_day.date, verdict.worst_day.value) == ("2026-03-02", pytest.approx(0.925))
    assert verdict.share_of_days == pytest.approx(2 / 3)
    assert judged(world, Target("otif", "<=", 0.92), [0.94, 0.95], spans).worst_day.date == "2026-03-03"


def test_values_for_targets_are_those_of_days_of_weeks_and_of_what_they_are_about(world, trace):
    for order, (due, left) in enumerate([(1.5, 1.4), (1.5, 1.6), (2.5, 2.4)]):
        trace.order(order, received=D)
        trace.promise(order, D, due * D, 3.5 * D)
        trace.parcel(order, left * D, 3.2 * D, service=order % 2)
    targets = (Target("on_time_shipment", ">=", 0.9), Target("n_parcels", ">=", 2.0, where=(("carrier", "north"),)))
    found = target_values(Facts(replace(world, targets=targets), trace))
    told = [(value.name, value.value, *value.cut.values()) for value in found]
    assert told == [
        ("on_time_shipment", 0.5, "on_time_shipment", "2026-03-03"),
        ("on_time_shipment", 1.0, "on_time_shipment", "2026-03-04"),
        ("n_parcels", 1.0, "n_parcels", "2026-03-03"),
        ("n_parcels", 1.0, "n_parcels", "2026-03-04"),
        ("n_parcels", 2.0, "n_parcels", "all"),
    ]


def test_what_is_not_sure_tells_how_many_replications_would_decide(world):
    verdict = judged(world, Target("otif", ">=", 0.94), [0.94, 0.95, 0.96])
    assert verdict.n_to_decide == math.ceil(3 * (0.0248414 / 0.01) ** 2) + 1
    assert judged(world, Target("otif", ">=", 0.5), [0.94, 0.95, 0.96]).n_to_decide is None
