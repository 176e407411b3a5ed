"""The delivery suite of the harness, and its commands."""

import json

import pytest
from typer.testing import CliRunner

from fulfillsim.bench.suites.delivery import DeliverySuite
from fulfillsim.cli.app import app
from fulfillsim.optim.solving import Stop

TINY = """tiny

VEHICLE
NUMBER     CAPACITY
  3         10

CUSTOMER
CUST NO.  X Y DEMAND READY DUE SERVICE
 0 0 0 0 0 1000 0
 1 3 4 5 0 900 10
 2 1 1 2 0 {due} 10
 3 9 2 6 0 900 10
"""


@pytest.fixture
def tiny(tmp_path):
    file = tmp_path / "tiny.txt"
    file.write_text(TINY.format(due=900))
    return file


def test_values_and_bounds_are_printed_in_the_units_of_the_convention(tiny):
    suite = DeliverySuite()
    (case,) = suite.read(tiny)
    for convention, value in (("dimacs", 28.4), ("vehicles_first", 28.46)):
        solution = suite.solvers()["ortools"](case.instance, convention, Stop(iterations=300))
        judged = suite.evaluate(case.instance, solution.plan, convention)
        assert judged.value == pytest.approx(value)
        assert not judged.violations
        assert solution.lower_bound <= judged.value
        assert convention in solution.message


def test_somebodys_own_function_is_judged_by_our_evaluator(tiny):
    suite = DeliverySuite()
    (case,) = suite.read(tiny)
    lazy = suite.adapt(lambda instance: [[0, 1, 2]])
    plan = lazy(case.instance, "dimacs", Stop()).plan
    assert any("capacity" in broken for broken in suite.evaluate(case.instance, plan, "dimacs").violations)


def test_solve_deliver_prints_routes_and_draws_them(tiny, tmp_path):
    picture = tmp_path / "plan.png"
    words = ["solve", "deliver", str(tiny), "-s", "savings", "--format", "json", "-o", str(picture)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)["rows"]
    assert sum(row["n_stops"] for row in rows) == 3
    assert picture.exists()


def test_a_stop_that_cannot_be_reached_ends_with_2_and_its_line(tmp_path):
    file = tmp_path / "late.txt"
    file.write_text(TINY.format(due=0))
    done = CliRunner().invoke(app, ["solve", "deliver", str(file), "-s", "savings"])
    assert done.exit_code == 2
    assert f"{file}:11 stop 2" in done.stderr


@pytest.mark.parametrize("convention", ["dimacs", "vehicles_first"])
def test_advice_and_routes_count_in_the_units_of_the_file_whatever_the_convention(tmp_path, convention):
    """One van; whoever comes first, the other waits for 10 units at a door and 10 between (7, 0) and (0, 7)'s 9.9."""
    file = tmp_path / "two.txt"
    head, _, _ = TINY.partition(" 0 0 0")
    rows = " 0 0 0 0 0 1000 0\n 1 7 0 5 0 8 10\n 2 0 7 5 0 20 10\n"
    file.write_text(head.replace("  3         10", "  1         10") + rows)
    done = CliRunner().invoke(app, ["solve", "deliver", str(file), "-s", "savings", "-c", convention])
    assert done.exit_code == 1
    ready = 7.0 + 10.0 + (9.8 if convention == "dimacs" else 98**0.5)  # DIMACS cuts distances after one decimal
    assert f"close its window {ready - 20.0:.6g} units later" in done.stdout
    file.write_text(head + rows)
    done = CliRunner().invoke(
        app, ["solve", "deliver", str(file), "-s", "savings", "-c", convention, "--format", "json"]
    )
    rows = json.loads(done.stdout)["rows"]
    assert sorted((row["distance"], row["ends"] - row["starts"]) for row in rows) == [(14.0, 24.0), (14.0, 24.0)]


def test_a_fleet_too_small_is_told_what_would_fix_it_for_what_it_leaves_out(tmp_path):
    file = tmp_path / "small.txt"
    file.write_text(TINY.format(due=900).replace("  3         10", "  1         10"))
    done = CliRunner().invoke(app, ["solve", "deliver", str(file), "-s", "savings"])
    assert done.exit_code == 1
    assert "more capacity; or one more vehicle" in done.stdout
