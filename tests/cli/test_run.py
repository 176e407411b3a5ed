import csv
import io
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from fulfillsim import experiment
from fulfillsim.domain.world import Target
from fulfillsim.errors import SimulationError
from fulfillsim.experiment import progress as progress_module
from fulfillsim.experiment.record import Failure
from fulfillsim.kpi import judge

pytestmark = pytest.mark.usefixtures("operation")


def run(cli, *words):
    return cli("run", "tiny", "-j", "1", "-n", "3", "--seed", "10", *words)


def test_the_table_goes_to_stdout_and_nothing_else_does(cli):
    done = run(cli)
    assert done.exit_code == 0
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "tiny: 3 replications, seed 10, ± is the 95% half-width",
        "",
        "level    11.0  ± 2.5  share",
        "nothing     -         h",
    ]


def test_json_has_a_schema_version_and_no_number_that_json_does_not_know(cli):
    document = json.loads(run(cli, "--format", "json").stdout, parse_constant=pytest.fail)
    assert document["schema_version"] == 1
    assert (document["scenario"], document["seed"], document["replications"]) == ("tiny", 10, 3)
    level, nothing = document["kpis"]
    assert level["mean"] == 11.0
    assert level["half_width"] == pytest.approx(4.302653 / 3**0.5)
    assert nothing["mean"] is None


def test_csv_and_markdown_hold_the_same_lines(cli):
    rows = list(csv.DictReader(io.StringIO(run(cli, "--format", "csv").stdout)))
    assert [row["kpi"] for row in rows] == ["level", "nothing"]
    assert float(rows[0]["mean"]) == 11.0
    lines = run(cli, "--format", "md").stdout.splitlines()
    assert lines[0].startswith("| kpi | mean | half_width |")
    assert lines[2].startswith("| level | 11.0 |")


def test_kpis_are_cut_by_what_is_asked_for(cli):
    rows = json.loads(run(cli, "--by", "day", "--format", "json").stdout)["kpis"]
    assert [(row["day"], row["mean"]) for row in rows] == [(1, 1.0), (2, 1.0)]


def test_all_faults_of_a_scenario_are_told_one_per_line_and_nothing_runs(cli, tmp_path):
    for words in (["broken.yaml"], ["tiny", "--set", "broken=1"]):
        done = cli("run", *words, "-o", tmp_path / "run")
        assert done.exit_code == 2
        assert done.stdout == ""
        assert done.stderr.splitlines() == [
            "a.yaml:4:7 staff.wage: must be positive (got -2 EUR/h)",
            "a.yaml:9:1 stok: is not known",
        ]
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("words", [["-n", "0"], ["-j", "0"], ["--by", "carier"], ["--format", "xml"], ["--bogus"]])
def test_bad_usage_exits_with_2_and_a_message_on_stderr(cli, words):
    done = cli("run", "tiny", *words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr


def test_the_run_directory_is_named_on_stderr_and_goes_on_the_next_time(cli, tmp_path):
    first = run(cli, "-o", tmp_path / "run")
    assert "2 pictures in" in first.stderr
    assert str(tmp_path / "run") in first.stderr
    assert str(tmp_path / "run") not in first.stdout
    again = run(cli, "-o", tmp_path / "run", "--quiet")
    assert (again.stdout, again.stderr) == (first.stdout, "")


def test_a_directory_of_another_seed_is_bad_input(cli, tmp_path):
    run(cli, "-o", tmp_path / "run")
    done = cli("run", "tiny", "--seed", "11", "-o", tmp_path / "run")
    assert done.exit_code == 2
    assert "another seed (10; this one is 11)" in done.stderr


def test_an_interrupted_run_shows_what_is_finished_and_says_how_to_go_on(cli, operation, monkeypatch, tmp_path):
    whole = operation.replicate_journeys

    def interrupted(world, seed, index, by=()):
        if index == 2:
            raise KeyboardInterrupt
        return whole(world, seed, index, by)

    monkeypatch.setattr(operation, "replicate_journeys", interrupted)
    done = run(cli, "-o", tmp_path / "run")
    assert done.exit_code == 130
    assert "tiny: 2 replications" in done.stdout
    assert "interrupted after 2 of 3 replications - run the same command again to go on" in done.stderr


def test_a_broken_invariant_exits_with_1(cli, operation, monkeypatch):
    def broken(world, seed, index, by=()):
        raise SimulationError("orders must not vanish (got -1)")

    monkeypatch.setattr(operation, "replicate_journeys", broken)
    done = run(cli)
    assert done.exit_code == 1
    assert "orders must not vanish" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("form", ["table", "json"])
def test_failed_replications_exit_with_1_and_are_told(cli, monkeypatch, form):
    simulate = experiment.simulate

    def failing(*args, **options):
        return replace(simulate(*args, **options), failures=(Failure(3, "its worker process died 3 times"),))

    monkeypatch.setattr(experiment, "simulate", failing)
    done = run(cli, "--format", form)
    assert done.exit_code == 1
    assert "replication 3: its worker process died 3 times" in (done.stdout if form == "table" else done.stderr)


def test_progress_off_a_terminal_is_a_plain_line_now_and_then(monkeypatch, capsys):
    clock = iter([0.0, 1.0, 11.0, 12.0, 30.0])
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: next(clock))
    with progress_module.progress_on_stderr(quiet=False) as tell:
        for done in range(1, 5):
            tell(done, 4)
    captured = capsys.readouterr()
    assert captured.err == "2 of 4 replications, about 11 s left\n"
    assert captured.out == ""


@pytest.mark.parametrize(
    ("values", "code", "told"),
    [
        ([0.95, 0.96, 0.97], 0, ""),
        ([0.95, 0.90, 0.85], 0, "gate: not sure: expected otif >= 0.92: about "),
        ([0.80, 0.81, 0.82], 1, "gate: missed: expected otif >= 0.92"),
    ],
)
def test_a_gate_stops_at_a_missed_target_and_tells_what_is_not_sure(cli, monkeypatch, values, code, told):
    verdicts = judge(SimpleNamespace(targets=(Target("otif", ">=", 0.92),)), {"otif": values})
    monkeypatch.setattr("fulfillsim.experiment.result.Result.verdicts", lambda self: verdicts)
    done = run(cli, "--gate")
    assert done.exit_code == code
    assert told in done.stderr
    assert bool(done.stderr) == bool(told)
    assert run(cli).exit_code == 0
    assert f"{verdicts[0].word}" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--steady", "level", "-n", "3"), "--steady takes no --replications"),
        (("--journey", "1", "--by", "day"), "--journey takes no --by"),
        (("--interval", "throughput"), "must be KPI=METHOD"),
        (("--interval", "throughput=qantile"), "did you mean 'quantile'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_before_anything_runs(cli, words, told):
    done = cli("run", "tiny", *words)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""
