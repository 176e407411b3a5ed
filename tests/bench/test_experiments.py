import json
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fulfillsim.bench.app import app
from fulfillsim.bench.experiments.crn import HEADCOUNTS, neighbours, replications_for, savings
from fulfillsim.bench.experiments.parallel import measure
from fulfillsim.bench.experiments.show import show_efficiency, show_savings
from fulfillsim.errors import InputError
from fulfillsim.scenario import load_scenario

# worker processes import it by the same name
sys.path.insert(0, str(Path(__file__).parents[1] / "experiment"))
import fake_operation as fake


def test_the_list_of_headcounts_is_that_of_the_baseline():
    scenario = load_scenario("baseline")
    staff = scenario.resolved()["staff"]
    there = {f"staff.{role}.shifts.{shift}.headcount" for role, said in staff.items() for shift in said["shifts"]}
    assert set(HEADCOUNTS) == there
    made = neighbours(scenario, "clerks")
    assert list(made) == ["as it is", "clerks early -1", "clerks early +1", "clerks late -1", "clerks late +1"]
    assert made["clerks late -1"].resolved()["staff"]["clerks"]["shifts"]["late"]["headcount"] == 1
    with pytest.raises(InputError, match="no headcount contains"):
        neighbours(scenario, "drivers")


def test_ratios_are_those_of_the_variances_and_what_does_not_vary_is_named():
    alternatives = {name: fake.Scenario(name, effect=effect) for name, effect in (("a", 0.0), ("b", 2.0), ("c", -1.0))}
    made = savings(alternatives, 30, seed=3, jobs=1, replicate=fake.measured)
    (row,) = made.rows
    assert (row.kpi, row.n_pairs) == ("throughput", 2)
    # 10 U shared by both, 0.1 U of its own in each: 2 * (100 + 0.01) / (2 * 0.01)
    assert row.ratio == pytest.approx(1e4, rel=0.5)
    assert set(made.left_out) == {"total_cost", "utilization.pickers"}
    assert json.loads(show_savings(made, "json"))["ratios"][0]["kpi"] == "throughput"
    assert "left out, no difference varies: total_cost" in show_savings(made, "table")


def test_replications_for_a_half_width_are_the_first_that_reach_it():
    from scipy.stats import t

    for variance in (1e-6, 1e-3, 4e-3):
        n = replications_for(variance, 0.01)
        reach = [t.ppf(0.975, m - 1) * np.sqrt(variance / m) for m in (n - 1, n) if m > 1]
        assert reach[-1] <= 0.01 < max(reach[0], 0.011 if n == 2 else reach[0])


def test_efficiency_names_its_parts_and_fits_together():
    found = measure(fake.Scenario(), 4, jobs=2, turns=1, cluster=False, replicate=fake.slowly)
    assert found.replication_s > 0.1
    assert found.efficiency == pytest.approx(found.one_s / (2 * found.processes_s))
    assert np.isnan(found.cluster_s)
    assert "own_share" in show_efficiency(found, "md")


def test_coverage_prints_the_tables_that_are_asked_for():
    done = CliRunner().invoke(app, ["coverage", "--experiments", "20", "--only", "naive", "--format", "csv"])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("model,interval,n,level,coverage")
