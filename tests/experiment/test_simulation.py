import math
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children, get_context
from pathlib import Path

import pytest

from fulfillsim.errors import InputError, InterruptedRunError, RunDirectoryError, UnknownNameError
from fulfillsim.experiment import compare, simulate
from fulfillsim.experiment.estimates import estimate


def run(fake, n=8, **options):
    options = {"jobs": 1, "seed": 7, "replicate": fake.replicate, **options}
    scenario = options.pop("scenario", fake.Scenario())
    return simulate(scenario, n, **options)


def lines(result):
    """Records as text: every bit counts, and NaN equals NaN."""
    return [record.to_json() for record in result.records]


def test_one_process_and_two_give_the_same_bits(fake):
    alone, together = run(fake), run(fake, jobs=2)
    assert lines(alone) == lines(together)
    assert alone.summary() == together.summary()
    assert alone.traces == together.traces == {0: "trace 0"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_trace_that_is_kept_is_told_of_when_it_comes_and_others_are_not(fake, jobs):
    told = []
    run(fake, jobs=jobs, keep_frames=(0, 5), on_trace=lambda index, trace: told.append((index, trace)))
    assert sorted(told) == [(0, "trace 0"), (5, "trace 5")]


def test_a_lent_executor_gives_the_same_bits_and_stays_open(fake):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        lent = run(fake, executor=executor, jobs=None)
        assert executor.submit(abs, -1).result() == 1
    assert lines(lent) == lines(run(fake))


def test_a_replication_is_the_same_however_many_there_are(fake):
    assert lines(run(fake, 3)) == lines(run(fake, 8))[:3]


def test_each_worker_builds_the_world_once_and_none_is_left_over(fake, tmp_path):
    before = set(active_children())
    run(fake, 30, jobs=2, scenario=fake.Scenario(marks=tmp_path))
    built = [mark.name.split("-")[1] for mark in tmp_path.iterdir()]
    assert len(built) == len(set(built)) <= 2
    assert str(os.getpid()) not in built
    assert set(active_children()) <= before


def test_a_worker_that_dies_once_costs_nothing(fake, tmp_path):
    result = run(fake, jobs=2, scenario=fake.Scenario(marks=tmp_path), replicate=fake.kill_once_at_3)
    assert (tmp_path / "died").exists()
    assert not result.failures
    assert lines(result) == lines(run(fake))


def test_a_replication_that_kills_its_worker_three_times_is_recorded_as_failed(fake, tmp_path):
    scenario = fake.Scenario(marks=tmp_path)
    result = run(fake, 6, jobs=2, scenario=scenario, replicate=fake.kill_always_at_3)
    assert [record.replication for record in result.records] == [0, 1, 2, 4, 5]
    assert len(list(tmp_path.glob("died-*"))) == 3
    assert [str(failure) for failure in result.failures] == ["replication 3: its worker process died 3 times"]
    assert "failed, not in the figures: replication 3" in result.summary()
    assert "1 failed" in repr(result)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_replication_ends_the_run_and_keeps_what_was_finished(fake, tmp_path, jobs):
    with pytest.raises(ZeroDivisionError, match="replication 3"):
        run(fake, jobs=jobs, out=tmp_path / "run", replicate=fake.break_at_3)
    kept = "".join(file.read_text() for file in tmp_path.glob("run/records/*.jsonl"))
    assert '"replication": 0' in kept or jobs == 2, "the other worker may not have come that far"
    assert '"replication": 3' not in kept
    assert lines(run(fake, jobs=jobs, out=tmp_path / "run")) == lines(run(fake))


def test_an_interrupted_run_carries_what_is_finished_and_goes_on_to_the_same_bits(fake, tmp_path):
    with pytest.raises(InterruptedRunError) as caught:
        run(fake, out=tmp_path / "run", replicate=fake.interrupt_at_3)
    error = caught.value
    n_done = len(error.result.records)
    assert 0 < n_done < 4, "all of the chunks before that of replication 3, which is half a second at most"
    assert lines(error.result) == lines(run(fake, n_done))
    assert f"after {n_done} of 8 replications - run the same command again to go on" in str(error)
    told = []
    resumed = run(fake, out=tmp_path / "run", progress=lambda done, total: told.append((done, total)))
    assert told[0] == (n_done, 8)
    assert told[-1] == (8, 8)
    assert lines(resumed) == lines(run(fake))


def test_without_a_run_directory_an_interruption_says_that_the_next_one_could_go_on(fake):
    with pytest.raises(InterruptedRunError, match="-o DIR"):
        run(fake, replicate=fake.interrupt_at_3)


def test_a_finished_directory_is_read_and_extended_not_run_again(fake, tmp_path):
    run(fake, 4, out=tmp_path / "run")
    assert lines(run(fake, 3, out=tmp_path / "run", replicate=fake.break_at_3)) == lines(run(fake, 3))
    assert lines(run(fake, 6, out=tmp_path / "run")) == lines(run(fake, 6))


def test_records_without_the_cut_that_is_asked_for_are_run_again(fake, tmp_path):
    run(fake, 2, out=tmp_path / "run")
    result = run(fake, 2, out=tmp_path / "run", by=["day"])
    assert all(record.by == ("day",) for record in result.records)
    assert (tmp_path / "run" / "kpis_by_day.csv").read_text().startswith("kpi,half,mean,half_width,unit,n")
    assert [line.cut for line in result.lines(["day"])] == [(("half", 1),), (("half", 2),)]
    assert [line.kpi for line in result.lines()] == ["level", "nothing"]
    hour = run(fake, 2, out=tmp_path / "run", by=["hour"])
    assert all(record.by == ("hour",) for record in hour.records)
    for by in (["day"], ["hour"], []):
        run(fake, 2, out=tmp_path / "run", by=by, replicate=fake.break_always)


def test_a_cut_that_was_not_asked_for_is_made_by_running_again(fake):
    assert run(fake).lines(["day"]) == run(fake, by=["day"]).lines(["day"])


def test_bad_numbers_and_cuts_are_told_before_anything_runs(fake, tmp_path):
    with pytest.raises(InputError, match="replications: must be 1 or more"):
        run(fake, 0)
    with pytest.raises(InputError, match="jobs: must be 1 or more"):
        run(fake, jobs=0)
    with pytest.raises(UnknownNameError, match="did you mean 'carrier'"):
        run(fake, by=["carier"], out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_compiled_world_runs_but_cannot_fill_a_run_directory(fake, tmp_path):
    world = fake.Scenario().world()
    assert lines(run(fake, scenario=world)) == lines(run(fake))
    with pytest.raises(RunDirectoryError, match="load_scenario"):
        run(fake, scenario=world, out=tmp_path / "run")


def test_workers_never_run_the_script_of_the_user_again(fake, tmp_path):
    script = tmp_path / "study.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys
        print("the script runs")
        sys.path.insert(0, {os.path.dirname(fake.__file__)!r})
        import fake_operation as fake
        from fulfillsim.experiment import simulate
        print(simulate(fake.Scenario(), 4, jobs=2, replicate=fake.replicate).n_replications)
        print(sys.modules["__main__"].fake is fake)
        """)
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split("\n") == ["the script runs", "4", "True", ""]


def test_the_result_shows_means_with_half_widths_and_what_is_not_defined(fake):
    result = run(fake)
    level, nothing = result.lines()
    values = [record.values[0].value for record in result.records]
    assert level.estimate == estimate(values)
    assert level.estimate.estimate == pytest.approx(sum(values) / 8)
    assert math.isnan(nothing.estimate.estimate)
    assert nothing.estimate.n == 0
    text = result.summary()
    assert str(level.estimate).replace(" ±", "  ±") in text
    assert "8 replications, seed 7" in text
    assert repr(result) == "<Result of 'fake': 8 replications, seed 7>"
    assert "<td>level</td>" in result._repr_html_()


def test_frames_are_tidy(fake):
    result = run(fake, 3)
    assert list(result.kpis().columns) == ["kpi", "mean", "half_width", "unit", "n", "target", "verdict"]
    per_replication = result.to_frame("kpis")
    assert list(per_replication.columns) == ["replication", "kpi", "value", "unit"]
    assert len(per_replication) == 6


def test_a_trace_that_was_not_kept_is_made_again(fake):
    result = run(fake, 3, keep_frames=())
    assert result.traces == {}
    assert result.trace(2) == "trace 2"
    with pytest.raises(UnknownNameError, match="no finished replication is called '3'"):
        result.trace(3)


def test_one_replication_has_no_half_width_and_says_so(fake):
    text = run(fake, 1).summary()
    assert "±" not in text
    assert "ask for 2 or more with -n" in text


def test_an_unknown_plot_is_told_with_the_nearest_name(fake):
    with pytest.raises(AttributeError, match="did you mean 'utilization'"):
        _ = run(fake, 1).plot.utilisation
    assert "utilization" in dir(run(fake, 1).plot)


STUDY = """
import sys
sys.path.insert(0, {folder!r})
import fake_operation as fake
from fulfillsim.experiment import simulate, simulation
simulation.write_frames = lambda directory, result: None
simulate(fake.Scenario(), 40, seed=7, jobs=2, out={out!r}, replicate=fake.slowly)
"""


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_study_leaves_no_worker_behind_and_resumes_to_the_same_bits(fake, tmp_path, sign):
    out = tmp_path / "run"
    code = STUDY.format(folder=os.path.dirname(fake.__file__), out=str(out))
    master = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, start_new_session=True)
    wait_until(lambda: len(list(out.glob("records/*.jsonl"))) >= 3)
    if sign == signal.SIGINT:
        os.killpg(master.pid, sign)
        assert b"InterruptedRunError: interrupted after" in master.communicate(timeout=30)[1]
    else:
        master.kill()
        master.communicate(timeout=30)
    wait_until(lambda: no_process_in_group(master.pid))
    assert lines(run(fake, 40, out=out)) == lines(run(fake, 40))


def wait_until(holds, seconds=30.0):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def no_process_in_group(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_an_interruption_survives_a_trip_between_processes_with_its_result():
    error = pickle.loads(pickle.dumps(InterruptedRunError(2, 5, "run again", ["result"])))
    assert str(error) == "interrupted after 2 of 5 replications - run again"
    assert error.result == ["result"]


def test_a_run_goes_on_until_its_kpis_are_as_precise_as_wanted(fake):
    made = run(fake, 2, replicate=fake.measured, precise=["throughput=0.5%", "total_cost=0.1"])
    rows = made.kpis().set_index("kpi")
    assert made.n_replications > 30
    assert rows.loc["throughput", "half_width"] <= 0.005 * rows.loc["throughput", "mean"]
    assert rows.loc["total_cost", "half_width"] <= 0.1
    short = run(fake, 2, replicate=fake.measured, precise=["throughput=0.01%"], budget=40)
    assert short.n_replications == 40


@pytest.mark.parametrize("wish", ["throughput", "throughput=-5%", "=5%", "throughput=much"])
def test_a_precision_that_cannot_be_read_is_refused(fake, wish):
    with pytest.raises(InputError, match="KPI=SIZE"):
        run(fake, precise=[wish])


def test_a_function_of_a_script_travels_to_the_workers_by_value(fake):
    def local(world, seed, index, by=()):
        return fake.replicate(world, seed, index, by)

    assert lines(run(fake, jobs=2, replicate=local)) == lines(run(fake))


@pytest.mark.parametrize("name", ["baseline", Path("baseline.yaml")])
def test_a_name_instead_of_a_scenario_says_how_to_load_it(name):
    with pytest.raises(InputError, match=r"say load_scenario\('baseline"):
        simulate(name, 2)
    with pytest.raises(InputError, match=r"say load_scenario\('baseline"):
        compare({"a": name, "b": name})
