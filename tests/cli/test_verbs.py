import json
import subprocess
import sys
from types import ModuleType

import pytest
import typer

from fulfillsim.cli.options import Format
from fulfillsim.cli.tables import show

VERBS = ["new", "check", "schema", "run", "compare", "report", "solve", "bench", "list", "doctor"]


def test_help_names_every_verb_in_the_order_of_the_work_and_ends_with_an_example(cli):
    done = cli("--help")
    assert done.exit_code == 0
    told = [line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line.startswith("  ")]
    assert told[: len(VERBS)] == VERBS
    assert "Example: fulfillsim" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "bench"])
def test_help_of_every_verb_ends_with_an_example(cli, verb):
    done = cli(verb, "--help")
    assert done.exit_code == 0
    assert f"Example: fulfillsim {verb}" in done.stdout


def test_help_loads_nothing_that_takes_time():
    code = (
        "import sys\nfrom fulfillsim.cli.app import main\nsys.argv = ['fulfillsim', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert not loaded & {"numpy", "pandas", "scipy", "numba", "ortools", "simpy", "pydantic", "yaml", "matplotlib"}


def test_the_version_is_told(cli):
    assert cli("--version").stdout.startswith("fulfillsim ")


def test_an_unknown_verb_exits_with_2(cli):
    done = cli("rnu")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "rnu" in done.stderr


@pytest.mark.usefixtures("operation")
def test_check_tells_that_all_is_well_or_all_that_is_not(cli):
    assert cli("check", "tiny.yaml").stdout == "tiny.yaml: no faults in 'tiny'\n"
    done = cli("check", "tiny.yaml", "--set", "broken=1")
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 2


def test_new_writes_a_file_once(cli, tmp_path):
    file = tmp_path / "shop.yaml"
    done = cli("new", "shop", "-o", file)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{file}\n"
    assert f"fulfillsim check {file}" in done.stderr
    assert file.read_text("utf-8").startswith("#")
    again = cli("new", "shop", "-o", file)
    assert again.exit_code == 2
    assert "already exists" in again.stderr
    assert "cannot be written" in cli("new", "-o", tmp_path / "no" / "such.yaml").stderr


def test_schema_is_json(cli):
    assert json.loads(cli("schema").stdout)["type"] == "object"


def test_a_day_of_routes_has_a_schema_too(cli):
    made = json.loads(cli("schema", "delivery_day").stdout)
    assert made["properties"]["kind"]["const"] == "delivery_day"
    assert made["$schema"].startswith("https://json-schema.org/")


@pytest.mark.parametrize("kind", ["scenarios", "kpis", "policies", "distributions", "plots", "procedures", "intervals"])
def test_every_kind_of_name_can_be_listed(cli, kind):
    done = cli("list", kind, "--format", "json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["schema_version"] == 1
    assert document["rows"]
    assert all(all(value for value in row.values()) for row in document["rows"])


def test_a_rule_that_a_role_may_name_is_listed_with_what_it_does(cli):
    rows = json.loads(cli("list", "policies", "--format", "json").stdout)["rows"]
    rules = {row["policy"]: row["what"] for row in rows if row["decision"] == "assignment"}
    assert list(rules) == ["preference", "home_first", "longest_queue", "longest_wait", "most_urgent"]
    assert rules["longest_queue"] == "Where most wait; the preferred one among equals."


def test_procedures_are_listed_with_whether_they_allow_common_random_numbers(cli):
    rows = json.loads(cli("list", "procedures", "--format", "json").stdout)["rows"]
    allowed = [row["procedure"] for row in rows if row["common random numbers"] == "allowed"]
    assert allowed == ["kn", "kn++"]


def test_doctor_tells_versions_cores_and_missing_extras(cli):
    facts = json.loads(cli("doctor", "--format", "json").stdout)
    assert {"fulfillsim", "numpy", "simpy", "cpu level", "cores", "numba cache", "extra pyvrp"} <= set(facts)
    assert cli("doctor").stdout.splitlines()[1].startswith("python ")


def test_bench_is_handed_every_word_and_its_exit_code_comes_back(cli, monkeypatch):
    heard = []
    harness = typer.Typer()

    @harness.command()
    def compare(cases: str, form: str = typer.Option("table", "--format")) -> None:
        heard.append((cases, form))
        raise typer.Exit(3)

    @harness.command()
    def speed() -> None:
        pass

    module = ModuleType("fulfillsim.bench.app")
    module.app = harness
    monkeypatch.setitem(sys.modules, "fulfillsim.bench.app", module)
    assert cli("bench", "compare", "cases.csv", "--format", "json").exit_code == 3
    assert heard == [("cases.csv", "json")]
    assert cli("bench", "speed").exit_code == 0
    assert cli("bench", "speed", "--bogus").exit_code == 2
    assert "compare" in cli("bench", "--help").stdout


def test_rows_look_right_in_every_format():
    rows = [{"name": "a|b", "value": 1.5}, {"name": "long name", "value": None}]
    assert show(rows, Format.table) == "name       value\na|b        1.5\nlong name"
    assert show(rows, Format.md) == "| name | value |\n| --- | --- |\n| a\\|b | 1.5 |\n| long name |  |"
    assert show(rows, Format.csv) == "name,value\na|b,1.5\nlong name,"
    assert json.loads(show(rows, Format.json)) == {"schema_version": 1, "rows": rows}
    assert show([], Format.table) == "(nothing)"
