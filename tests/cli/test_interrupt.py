"""Ctrl-C as a terminal sends it: a real signal to real processes, in the middle of the work."""

import os
import signal
import subprocess
import sys
import time

import pytest

BENCH = """
schema: 1
name: bench
start: 2026-03-02
days: 2
warm_up: 0 days
demand:
  channels:
    web: {rate: 500/h}
staff:
  crew:
    skills: {bench: 1}
    shifts: {all: {hours: always, headcount: 6}}
fulfillment:
  steps:
    bench: {time: {exponential: {mean: 36s}}}
"""
N = 12


def command(folder, out, jobs):
    words = ["run", folder / "bench.yaml", "-n", N, "-j", jobs, "-o", out, "--format", "csv", "--seed", 3]
    return [sys.executable, "-m", "fulfillsim", *map(str, words)]


def interrupted(folder, out, jobs, finished):
    """Exit code and streams of a run that a Ctrl-C meets once so many files of replications are there."""
    run = subprocess.Popen(
        command(folder, out, jobs), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    end = time.monotonic() + 60.0
    while len(list(out.glob("records/*.jsonl"))) < finished:
        assert run.poll() is None, run.communicate()[1]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)
    stdout, stderr = run.communicate(timeout=60)
    return run.returncode, stdout, stderr


def whole(folder, out, jobs):
    done = subprocess.run(command(folder, out, jobs), capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "bench.yaml").write_text(BENCH)
    return whole(folder, folder / "run", 1)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_keeps_what_is_finished_says_how_to_go_on_and_the_rest_gives_the_same_figures(
    tmp_path, jobs, undisturbed
):
    (tmp_path / "bench.yaml").write_text(BENCH)
    out = tmp_path / "run"
    code, stdout, stderr = interrupted(tmp_path, out, jobs, finished=2)
    assert code == 130
    assert stdout.startswith("kpi,")
    assert "Traceback" not in stderr
    last = stderr.splitlines()[-1]
    assert last.startswith("interrupted after ")
    assert f"of {N} replications - run the same command again to go on: what is finished is safe in {out}" in last
    kept = {file.name: file.read_bytes() for file in out.glob("records/*.jsonl")}
    assert 2 <= sum(text.count(b"\n") for text in kept.values()) < N
    assert whole(tmp_path, out, jobs) == undisturbed
    assert {name: (out / "records" / name).read_bytes() for name in kept} == kept
