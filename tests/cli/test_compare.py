"""`compare` as users meet it: a real small bench, real processes, real signals."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BENCH = """
schema: 1
name: bench
start: 2026-03-02
days: 1
warm_up: 0 days
demand:
  channels:
    web: {rate: 120/h}
staff:
  crew:
    skills: {bench: 1}
    shifts: {all: {hours: always, headcount: 3}}
fulfillment:
  steps:
    bench: {time: {exponential: {mean: 60s}}}
"""
HEADS = "staff.crew.shifts.all.headcount"


@pytest.fixture
def bench(tmp_path):
    file = tmp_path / "bench.yaml"
    file.write_text(BENCH)
    return file


def compare(cli, bench, *words):
    return cli("compare", bench, "-j", "1", "-q", "--seed", "3", *words)


def test_alternatives_are_compared_and_the_study_directory_holds_everything(cli, bench, tmp_path):
    words = ("--vary", f"{HEADS}=3,4", "-n", "4", "--kpi", "wait.bench", "-o", tmp_path / "study")
    done = compare(cli, bench, *words)
    assert done.exit_code == 0, done.stderr
    assert "headcount=4" in done.stdout
    names = {file.name for file in (tmp_path / "study").iterdir()}
    files = {"study.json", "comparison.json", "comparison.csv", "kpis.csv", "kpis.parquet", "stress_des.md", "pictures"}
    assert files <= names
    again = compare(cli, bench, *words)
    assert (again.stdout, again.exit_code) == (done.stdout, 0)
    verified = cli("report", tmp_path / "study", "--verify", "--replication", "all")
    assert verified.exit_code == 0, verified.stderr
    assert "8 replications run again" in verified.stdout
    assert "same to the last bit" in verified.stdout
    (file,) = (tmp_path / "study" / "02-headcount=4" / "records").glob("*000003*")
    file.write_text(file.read_text().replace('"throughput", ', '"throughput", 1'))
    changed = cli("report", tmp_path / "study", "--verify", "--replication", "3", "--alternative", "headcount=4")
    assert changed.exit_code == 1
    assert "throughput" in changed.stdout


def test_the_cache_serves_run_compare_threshold_and_selection(cli, bench, tmp_path, monkeypatch):
    cache = ("--cache", tmp_path / "cache")
    jobs = [
        ("--vary", f"{HEADS}=3,4", "-n", "3", "--kpi", "wait.bench"),
        ("--smallest", f"{HEADS}=3..5", "--keep", "wait.bench<=60", "-n", "3"),
        ("--vary", f"{HEADS}=3,5", "--select", "wait.bench", "--delta", "10"),
        ("--sensitivity", "morris", "--vary", f"{HEADS}=3..4", "--sample", "2", "-n", "2", "--kpi", "wait.bench"),
    ]
    before = [compare(cli, bench, *words, *cache) for words in jobs]
    assert [done.exit_code for done in before] == [0] * len(jobs), [done.stderr for done in before]

    def refuse(self, tasks):
        raise AssertionError(f"{tasks} were run again")

    monkeypatch.setattr("fulfillsim.experiment.worker.Desk.run", refuse)
    after = [compare(cli, bench, *words, *cache) for words in jobs]
    assert [done.stdout for done in after] == [done.stdout for done in before]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--vary", f"{HEADS}=3,4", "-n", "1"), "2"),
        (("--vary", f"{HEADS}=3,4", "--kpi", "wait.bensh"), "did you mean 'wait.bench'"),
        (("--vary", f"{HEADS}=3,4", "--baseline", "headcount=5"), "did you mean 'headcount="),
        (
            (
                "--vary",
                "days=1,2",
            ),
            "different n_window",
        ),
        ((), "2 or more"),
        (("--vary", "staff.crew.shifts.all.headcuont=3,4"), "headcount"),
        (("--vary", f"{HEADS}"), "PATH=A,B,C"),
        (("--largest", "demand.factor=1..2"), "add --keep"),
        (("--largest", "demand.factor=1..2", "--keep", "wait.bench=60"), "KPI>=VALUE"),
        (("--largest", "demand.factor=2..1", "--keep", "wait.bench<=60"), "range"),
        (("--largest", "demand.factor=1..2", "--keep", "wait.bench<=9", "--keep", "wait.bench>=10"), "contradict"),
        (("--vary", f"{HEADS}=3,4", "--select", "wait.bench"), "--delta"),
        (
            ("--vary", f"{HEADS}=3,4", "--select", "wait.bench", "--delta", "1", "--procedure", "knn"),
            "did you mean 'kn",
        ),
        (
            (
                "--vary",
                f"{HEADS}=3,4",
                "--select",
                "wait.bench",
                "--delta",
                "1",
                "--subject-to",
                "wait.bench<=9",
                "--subject-to",
                "wait.bench>=10",
            ),
            "contradict",
        ),
        (("--vary", f"{HEADS}=3..4", "--sensitivity", "soboll", "--kpi", "wait.bench"), "did you mean 'sobol'"),
        (("--vary", f"{HEADS}=3,4", "--executor", "dask://nowhere"), "HOST:PORT"),
        (("--vary", f"{HEADS}=3,4", "--executor", "slurm"), "dask://HOST:PORT"),
        (("--vary", f"{HEADS}=3,4", "--by", "dya"), "did you mean 'day'"),
        (("--largest", "demand.factor=1..2", "--keep", "wait.bench<=60", "--by", "day"), "--largest takes no --by"),
        (("--vary", f"{HEADS}=3,4", "--keep", "wait.bench<=60"), "it belongs to --largest or --smallest"),
        (("--select", "wait.bench", "--delta", "1", "--antithetic"), "--select takes no --antithetic"),
        (("--vary", f"{HEADS}=3,4", "--correction", "hlom"), "did you mean 'holm'"),
        (("--vary", f"{HEADS}=3,4", "--first", "5"), "it belongs to --select"),
        (("--vary", f"{HEADS}=3,4", "--resolution", "5"), "it belongs to --largest or --smallest"),
        (("--vary", f"{HEADS}=3,4", "--until-settled", "9", "-n", "5"), "--until-settled takes no --replications"),
    ],
)
def test_bad_input_exits_with_2_says_what_and_what_to_do_and_runs_nothing(cli, bench, words, told):
    done = compare(cli, bench, *words)
    assert done.exit_code == 2, done.output
    assert told in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_threshold_is_as_sure_as_it_is_asked_to_be(cli, bench):
    asked = ("--smallest", f"{HEADS}=3..5", "--keep", "wait.bench<=60", "-n", "2", "--level", "0.8", "-f", "json")
    assert json.loads(compare(cli, bench, *asked).stdout)["level"] == 0.8


def test_a_search_ends_where_it_is_told_to(cli, bench):
    asked = ("--largest", "demand.factor=0.5..2.5", "--keep", "wait.bench<=60", "-n", "2", "-f", "json")
    fine, coarse = (
        json.loads(compare(cli, bench, *asked, *more).stdout)["rows"] for more in ((), ("--resolution", "0.5"))
    )
    assert len(coarse) < len(fine)


def test_a_choice_begins_with_as_many_runs_as_asked_for_and_may_be_of_other_orders(cli, bench):
    asked = ("--vary", f"{HEADS}=3,6", "--select", "wait.bench", "--delta", "500", "--first", "4", "-f", "json")
    together = json.loads(compare(cli, bench, *asked).stdout)
    apart = json.loads(compare(cli, bench, *asked, "--independent").stdout)
    assert {row["n"] for row in together["rows"]} == {4}
    assert together["rows"][0]["mean"] == apart["rows"][0]["mean"]
    assert together["rows"][1]["mean"] != apart["rows"][1]["mean"]


def test_bonferroni_is_no_narrower_than_holm_and_pairs_run_too(cli, bench):
    asked = ("--vary", f"{HEADS}=3,4,5", "-n", "4", "--kpi", "wait.bench", "-f", "json")
    holm, bonferroni, pairs = (
        json.loads(compare(cli, bench, *asked, *more).stdout)["differences"]
        for more in ((), ("--correction", "bonferroni"), ("--antithetic",))
    )
    assert all(a["half_width"] <= b["half_width"] for a, b in zip(holm, bonferroni, strict=True))
    assert [row["difference"] for row in pairs] != [row["difference"] for row in holm]


def test_a_directory_of_another_study_or_a_newer_format_is_bad_input(cli, bench, tmp_path):
    study = ("-n", "2", "--kpi", "wait.bench", "-o", tmp_path / "study")
    assert compare(cli, bench, "--vary", f"{HEADS}=3,4", *study).exit_code == 0
    other = compare(cli, bench, "--vary", f"{HEADS}=3,5", *study)
    assert other.exit_code == 2
    assert (
        "holds a study of other alternatives (headcount=3, headcount=4; this one has headcount=3, headcount=5)"
        in other.stderr
    )
    bench.write_text(BENCH.replace("120/h", "121/h"))
    changed = compare(cli, bench, "--vary", f"{HEADS}=3,4", *study)
    assert changed.exit_code == 2
    assert "holds a run of another scenario" in changed.stderr
    file = tmp_path / "study" / "study.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format_version": 99}))
    newer = compare(cli, bench, "--vary", f"{HEADS}=3,4", *study)
    assert newer.exit_code == 2
    assert "written in format 99" in newer.stderr
    assert "upgrade fulfillsim" in newer.stderr


BUSY = ["--set", "demand.channels.web.rate=600/h", "--set", "days=3"]
"""Replications of half a second: a signal meets them at work."""
KINDS = {
    "compare": [*BUSY, "--vary", f"{HEADS}=12,13", "-n", "8", "--kpi", "wait.bench"],
    "threshold": [*BUSY, "--smallest", f"{HEADS}=11..14", "--keep", "wait.bench<=20", "-n", "8"],
    "select": [*BUSY, "--vary", f"{HEADS}=12,13", "--select", "wait.bench", "--delta", "2"],
}


def command(bench, out, words, jobs=2):
    shared = ["--seed", "3", "-j", str(jobs), "--format", "json", "-o", str(out)]
    return [sys.executable, "-m", "fulfillsim", "compare", str(bench), *words, *shared]


def stopped(words, out, sign, finished=2):
    """Exit code and stderr of a study that a signal meets once so many files of replications are there."""
    run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    end = time.monotonic() + 120.0
    while len(list(out.glob("*/records/*.jsonl"))) < finished:
        assert run.poll() is None, run.communicate()[1]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
    if sign == signal.SIGINT:
        os.killpg(run.pid, sign)
    else:
        victim = run.pid if sign == signal.SIGKILL else a_child_of(run.pid)
        os.kill(victim, signal.SIGKILL)
    stdout, stderr = run.communicate(timeout=240)
    return run.returncode, stdout, stderr


def a_child_of(parent):
    """A worker: a child that multiprocessing spawned, and not its resource tracker."""
    for folder in os.listdir("/proc"):
        if folder.isdigit():
            try:
                status = Path("/proc", folder, "stat").read_text().rpartition(")")[2].split()
                words = Path("/proc", folder, "cmdline").read_text()
            except OSError:
                continue
            if int(status[1]) == parent and "spawn_main" in words:
                return int(folder)
    raise AssertionError("no worker is alive")


def whole(words):
    return subprocess.run(words, capture_output=True, text=True, timeout=240, check=True).stdout


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_ctrl_c_says_how_to_go_on_and_the_rest_gives_the_same_answer(bench, tmp_path, kind):
    undisturbed = whole(command(bench, tmp_path / "whole", KINDS[kind], jobs=1))
    words = command(bench, tmp_path / "study", KINDS[kind])
    code, stdout, stderr = stopped(words, tmp_path / "study", signal.SIGINT)
    assert code == 130
    assert stdout == ""
    assert "Traceback" not in stderr
    assert "run the same command again to go on" in stderr.splitlines()[-1]
    assert stderr.splitlines()[-1].endswith(f"safe in {tmp_path / 'study'}")
    assert whole(words) == undisturbed


WORKER = "a worker"


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc"), reason="finds the worker among the processes that Linux lists")
@pytest.mark.parametrize("victim", [signal.SIGKILL, WORKER])
def test_killing_the_master_or_a_worker_of_a_comparison_changes_no_bit(bench, tmp_path, victim):
    undisturbed = whole(command(bench, tmp_path / "whole", KINDS["compare"], jobs=1))
    words = command(bench, tmp_path / "study", KINDS["compare"])
    code, stdout, stderr = stopped(words, tmp_path / "study", victim)
    assert code == (0 if victim == WORKER else -signal.SIGKILL), stderr
    assert stdout == undisturbed if victim == WORKER else stdout == ""
    assert whole(words) == undisturbed
