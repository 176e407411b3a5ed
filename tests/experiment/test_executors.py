import os
import socket
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from fulfillsim.errors import InputError, LostExecutorError, MissingExtraError
from fulfillsim.experiment import simulate
from fulfillsim.experiment.executors import named_executor


def lines(result):
    return [record.to_json() for record in result.records]


def test_processes_of_our_own_need_no_executor():
    with named_executor(None) as one, named_executor("processes") as other:
        assert one is None
        assert other is None


def test_an_executor_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="dask://HOST:PORT"), named_executor("slurm"):
        pass


def test_without_dask_the_message_says_what_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"fulfillsim\[dask\]"), named_executor("dask"):
        pass


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_nobody_hears_is_refused_in_words(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("fulfillsim.experiment.executors.SECONDS_TO_CONNECT", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match="nobody answers"), named_executor(f"dask://127.0.0.1:{port}"):
            pass


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_gives_the_same_bits_as_one_process(fake):
    pytest.importorskip("distributed")
    with named_executor("dask", jobs=2) as executor:
        lent = simulate(fake.Scenario(), 8, 7, executor=executor, replicate=fake.replicate)
    assert lines(lent) == lines(simulate(fake.Scenario(), 8, 7, jobs=1, replicate=fake.replicate))


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="counts the threads that Linux knows of a process")
def test_inside_a_worker_there_is_one_thread_besides_the_one_that_watches_the_parent(fake, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    found = simulate(fake.Scenario(), 4, jobs=2, replicate=fake.threads)
    assert found.packed.column("threads").max() <= 2
    assert os.environ["OPENBLAS_NUM_THREADS"] == "4"


def test_threads_of_an_executor_do_not_share_a_world(fake, tmp_path):
    with ThreadPoolExecutor(2) as executor:
        lent = simulate(fake.Scenario(marks=tmp_path), 8, 7, executor=executor, replicate=fake.slowly)
    assert lines(lent) == lines(simulate(fake.Scenario(), 8, 7, jobs=1, replicate=fake.replicate))
    assert 1 <= len(list(tmp_path.iterdir())) <= 2


def test_a_lent_executor_that_breaks_is_told_in_words_with_how_to_go_on(fake, tmp_path):
    scenario = fake.Scenario(marks=tmp_path)
    told = pytest.raises(LostExecutorError, match=r"lost after \d of 6 replications - start it anew.*safe in")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor, told:
        simulate(scenario, 6, 7, executor=executor, replicate=fake.kill_once_at_3, out=tmp_path / "run")
    again = simulate(scenario, 6, 7, jobs=1, replicate=fake.kill_once_at_3, out=tmp_path / "run")
    assert lines(again) == lines(simulate(fake.Scenario(), 6, 7, jobs=1, replicate=fake.replicate))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_workers_of_a_cluster_that_die_cost_their_chunk_and_a_replication_that_kills_them_is_told(fake, tmp_path):
    pytest.importorskip("distributed")
    with named_executor("dask", jobs=2) as executor:
        once = simulate(
            fake.Scenario(marks=tmp_path), 8, 7, executor=executor, replicate=fake.kill_once_at_3, out=tmp_path / "run"
        )
        assert (tmp_path / "died").exists()
        assert not once.failures
        always = simulate(fake.Scenario(marks=tmp_path), 6, 7, executor=executor, replicate=fake.kill_always_at_3)
    assert lines(once) == lines(simulate(fake.Scenario(), 8, 7, jobs=1, replicate=fake.replicate))
    assert [record.replication for record in always.records] == [0, 1, 2, 4, 5]
    assert [str(failure) for failure in always.failures] == ["replication 3: its worker process died 3 times"]
    assert len(list(tmp_path.glob("died-*"))) == 3


SCRIPT = """
import os, sys, time
from pathlib import Path
marks = Path(sys.argv[1])
(marks / f"script-{{os.getpid()}}").touch()
sys.path.insert(0, {folder!r})
import fake_operation as fake
from fulfillsim.experiment import simulate, simulation
from fulfillsim.experiment.executors import named_executor
simulation.write_frames = lambda directory, result: None
def mine(world, seed, index, by=()):
    return fake.kill_once_at_3(world, seed, index, by)
with named_executor("dask", jobs=2) as executor:
    result = simulate(fake.Scenario(marks=marks), 8, seed=7, executor=executor, replicate=mine)
for record in result.records:
    print(record.to_json())
"""


@pytest.mark.slow
def test_workers_of_a_cluster_never_run_the_script_again_not_even_those_that_replace_dead_ones(fake, tmp_path):
    pytest.importorskip("distributed")
    (tmp_path / "study.py").write_text(SCRIPT.format(folder=os.path.dirname(fake.__file__)))
    done = subprocess.run(
        [sys.executable, tmp_path / "study.py", tmp_path], capture_output=True, text=True, check=True, timeout=120
    )
    assert len(list(tmp_path.glob("script-*"))) == 1
    assert (tmp_path / "died").exists()
    assert done.stdout.splitlines() == lines(simulate(fake.Scenario(), 8, 7, jobs=1, replicate=fake.replicate))
