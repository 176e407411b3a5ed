import csv
import math
import sys

import numpy as np
import pytest

from fulfillsim.errors import InputError, MissingExtraError, UnknownNameError
from fulfillsim.experiment import sensitivity
from fulfillsim.experiment.indices import morris_effects, morris_points, problem_of, sobol_effects, sobol_points
from fulfillsim.report.plots.tornado import plot_tornado, tornado_frame

pytest.importorskip("SALib")
RANGES = {"demand.a": (0.0, 1.0), "demand.b": (0.0, 1.0), "demand.c": (1, 3)}


def find(fake, method="morris", points=8, replications=6, ranges=RANGES, **options):
    options = {"seed": 3, "jobs": 1, "replicate": fake.responding, **options}
    return sensitivity(fake.Scenario(), ranges, ["throughput"], method, points, replications, **options)


def ishigami(points, a, b):
    x = math.pi * (2.0 * points - 1.0)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_effects_of_a_straight_line_are_its_slopes_and_chance_is_told_apart(fake):
    made = find(fake, points=30, replications=20)
    found = {effect.factor: effect for effect in made.of("throughput")}
    assert found["demand.a"].direct == pytest.approx(2.0, abs=0.1)
    assert found["demand.c"].size == pytest.approx(1.0, abs=0.1), "half an order for each of two steps"
    # an effect is a difference of two means of 20 replications over 2/3 of the range
    assert found["demand.a"].noise == pytest.approx(math.sqrt(2 / 12 / 20) * 1.5, rel=0.2)
    assert found["demand.a"].spread < 0.1, "a line bends nowhere, though chance makes its effects differ"
    # with four levels, 3 b b rises by 4/3 or by 8/3 over 2/3 of the range: 2 or 4 over all of it
    assert found["demand.b"].spread == pytest.approx(1.0, abs=0.25)
    assert [effect.factor for effect in made.of("throughput")] == ["demand.b", "demand.a", "demand.c"]


def test_without_chance_effects_are_those_of_the_library():
    from SALib.analyze import morris

    names = ["x", "y", "z"]
    points = morris_points(names, 20, 5)
    values = ishigami(points, 7.0, 0.1)
    found = morris_effects(names, points, np.column_stack([values, values]))
    told = morris.analyze(problem_of(names), points, values, num_levels=4, seed=5)
    assert [e.size for e in found] == pytest.approx(list(told["mu_star"]))
    assert [e.direct for e in found] == pytest.approx(list(told["mu"]))
    assert [e.spread for e in found] == pytest.approx(list(told["sigma"]))
    assert [e.noise for e in found] == [0.0, 0.0, 0.0]


def test_shares_of_variance_do_not_hold_chance(fake):
    made = find(fake, "sobol", points=128, replications=4)
    found = {effect.factor: effect for effect in made.of("throughput")}
    variances = {"demand.a": 4 / 12, "demand.b": 9 * (1 / 5 - 1 / 9), "demand.c": 0.25 * 2 / 3}
    total = sum(variances.values())
    for name, variance in variances.items():
        assert found[name].direct == pytest.approx(variance / total, abs=0.12)
        assert found[name].size == pytest.approx(variance / total, abs=0.12)
    assert found["demand.a"].noise == pytest.approx((1 / 12 / 4) / (total + 1 / 12 / 4), abs=0.01)


def test_sobol_indices_of_the_published_function(shared_data):
    with (shared_data / "validation" / "analytic_cases.csv").open() as stream:
        rows = {
            row["metric"]: float(row["exact_value"]) for row in csv.DictReader(stream) if "Ishigami" in row["model"]
        }
    names = ["x1", "x2", "x3"]
    values = ishigami(sobol_points(names, 2**15, 1), 7.0, 0.1)
    first, second, third = sobol_effects(names, np.column_stack([values, values]), 1)
    assert first.direct == pytest.approx(rows["S1"], rel=5e-3)
    assert second.direct == pytest.approx(rows["S2"], rel=5e-3)
    assert third.direct == pytest.approx(0.0, abs=3e-3)
    assert third.size == pytest.approx(1.0 - rows["S1"] - rows["S2"], rel=1e-2), "only in interactions"


def test_a_response_of_chance_alone_has_no_indices():
    values = np.random.default_rng(1).standard_normal((64 * 4, 200))
    flat = sobol_effects(["x", "y"], np.ones((64 * 4, 3)), 1)
    assert [effect.size for effect in flat] == [0.0, 0.0]
    alone = sobol_effects(["x", "y"], values - values.mean(axis=1, keepdims=True) + 1e-3 * values[:, :1], 1)
    assert all(math.isnan(effect.size) for effect in alone), "less between points than chance explains"
    shared = values[:1] + np.zeros((64 * 4, 1))
    assert [effect.size for effect in sobol_effects(["x", "y"], shared, 1)] == [0.0, 0.0], "the same chance for all"


def test_whole_numbers_stay_whole_and_equal_settings_are_run_once(fake, tmp_path):
    made = find(fake, points=20, replications=2, ranges={"a.x": (0, 1), "a.y": (0, 1), "a.z": (0, 1)}, out=tmp_path)
    assert made.n_settings <= 8
    again = find(
        fake,
        points=20,
        replications=2,
        ranges={"a.x": (0, 1), "a.y": (0, 1), "a.z": (0, 1)},
        out=tmp_path,
        replicate=fake.break_always,
    )
    assert again.summary() == made.summary()
    assert (tmp_path / "sensitivity.json").exists()
    assert "What a.x, a.y, a.z do to throughput." in (tmp_path / "stress_des.md").read_text()


def test_the_tornado_shows_what_its_frame_says(fake):
    for made in (find(fake), find(fake, "sobol", points=8)):
        frame = tornado_frame(made, "throughput")
        ax = made.plot.tornado()
        assert [label.get_text().split("\n")[0] for label in ax.get_yticklabels()] == frame["factor"].tolist()
        assert frame["size"].is_monotonic_decreasing
        assert "throughput" in ax.get_title()
        assert plot_tornado(made, "throughput", ax) is ax
    with pytest.raises(UnknownNameError):
        plot_tornado(find(fake), "otif")


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"ranges": {"demand.a": (1.0, 0.5)}}, InputError, "must begin below its end"),
        ({"ranges": {}}, InputError, "needs a range"),
        ({"method": "sobol", "points": 100}, InputError, "power of 2"),
        ({"method": "moris"}, UnknownNameError, "did you mean 'morris'"),
        ({"points": 1}, InputError, "2 points or more"),
        ({"replications": 0}, InputError, "1 or more"),
    ],
)
def test_what_makes_no_sense_is_refused(fake, options, error, told):
    with pytest.raises(error, match=told):
        find(fake, **options)


def test_without_the_library_the_message_says_what_installs_it(fake, monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(MissingExtraError, match=r"fulfillsim\[sensitivity\]"):
        find(fake)
