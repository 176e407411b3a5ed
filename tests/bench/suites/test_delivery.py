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


def test_json_of_routes_knows_no_infinity(day):
    """Without windows slack has no end, which JSON cannot say."""
    done = CliRunner().invoke(app, ["solve", "deliver", str(day), "-s", "savings", "--format", "json"])
    rows = json.loads(done.stdout, parse_constant=pytest.fail)["rows"]
    assert [row["least_slack"] for row in rows] == [None] * len(rows)


DAY = """schema: 1
kind: delivery_day
name: small
travel: {circuity: 1}
depots: {d: {east: 0 km, north: 0 km}}
stops:
  a: {east: 3 km, north: 4 km, demand: 5}
  b: {east: 1 km, north: 1 km, demand: 2}
  c: {east: 9 km, north: 2 km, demand: 6}
vans: {v: {count: 2, capacity: 10, cost_per_km: 1 EUR/km, cost_per_day: 3 EUR}}
"""
RATES = "service,stop,up_to,price,per_unit,on_time\npost,,2,4,0.5,80 %\npost,,9,6,1,80 %\nexpress,c,,13,,0.99\n"


@pytest.fixture
def day(tmp_path):
    (tmp_path / "small.yaml").write_text(DAY)
    (tmp_path / "rates.csv").write_text(RATES)
    return tmp_path / "small.yaml"


def test_a_day_of_ours_is_solved_and_measured_like_a_published_instance(day):
    """Out to a, back over b: 5 + sqrt(13) + sqrt(2) km; c alone 2 sqrt(85) km; two vans."""
    done = CliRunner().invoke(app, ["solve", "deliver", str(day), "-s", "ortools", "-t", "0.5", "--format", "json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["value"] == pytest.approx(6 + 5 + 13**0.5 + 2**0.5 + 2 * 85**0.5, abs=0.01)
    (case,) = DeliverySuite().read(day.parent)
    solution = DeliverySuite().solvers()["savings"](case.instance, "dimacs", Stop(iterations=1))
    assert DeliverySuite().evaluate(case.instance, solution.plan, "dimacs").violations == ()


@pytest.mark.parametrize(("on_time", "price", "service"), [("0 %", 12.0, "post"), ("90 %", 13.0, "express")])
def test_stops_go_by_van_or_carrier_whatever_is_cheaper_in_one_optimum(day, on_time, price, service):
    """A van to a and b costs 3 + 5 + sqrt(13) + sqrt(2); by post they cost 11 and 5. One to c costs 3 + 2 sqrt(85)."""
    words = ["solve", "deliver", str(day), "-s", "ortools", "-t", "0.5", "--carriers", str(day.parent / "rates.csv")]
    done = CliRunner().invoke(app, [*words, "--on-time", on_time, "--format", "json", "-o", str(day.parent / "a.png")])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["value"] == pytest.approx(3 + 5 + 13**0.5 + 2**0.5 + price, abs=0.01)
    assert [(row["stop"], row["service"], row["price"]) for row in found["by_carrier"]] == [("c", service, price)]
    assert service in CliRunner().invoke(app, [*words, "--on-time", on_time]).stdout


@pytest.mark.parametrize(
    ("old", "new", "words", "told"),
    [
        ("express,c", "express,z", (), "rates.csv:4 column stop: names the stop z, which small does not have"),
        ("0.99", "1.2", (), "rates.csv:4 column on_time: must be a chance from 0 to 1"),
        ("price", "prise", (), "column prise: is not a column here"),
        ("", "", ("-c", "vehicles_first"), "--carriers: prices mean nothing where the fewest vans come first"),
        ("", "", ("--on-time", "often"), "--on-time: "),
    ],
)
def test_carriers_that_cannot_be_asked_end_with_2_and_the_reason(day, tiny, old, new, words, told):
    table = day.parent / "rates.csv"
    table.write_text(RATES.replace(old, new, 1) if old else RATES.replace(",c,", ",3,"))
    file = tiny if "-c" in words else day
    done = CliRunner().invoke(app, ["solve", "deliver", str(file), "--carriers", str(table), *words])
    assert done.exit_code == 2, done.output
    assert told in done.stderr


def test_a_fleet_too_small_is_told_what_would_fix_it_for_what_it_leaves_out(tmp_path):
    file = tmp_path / "small.txt"
    file.write_text(TINY.format(due=900).replace("  3         10", "  1         10"))
    done = CliRunner().invoke(app, ["solve", "deliver", str(file), "-s", "savings"])
    assert done.exit_code == 1
    assert "more capacity; or one more vehicle" in done.stdout
