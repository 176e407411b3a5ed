import socket
import sys

import pytest

from fulfillsim.errors import InputError, MissingExtraError
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
