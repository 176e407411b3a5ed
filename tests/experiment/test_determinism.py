"""The same seed gives the same bits: whatever ran before, in how many processes, with which hash seed, on which CPU."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from fulfillsim.experiment import simulate
from fulfillsim.experiment.replication import replicate
from fulfillsim.testing.metamorphic import small_baseline

SEED = 5
LEVELS = [feature for feature in __cpu_dispatch__ if __cpu_features__[feature]]
PROGRAM = """
import runpy, sys
print(runpy.run_path(sys.argv[1])["digest_of_a_run"]())
"""


def digest(outcome):
    """Of all facts and figures of a replication."""
    found = hashlib.sha256(outcome.record.to_json().encode())
    for table in sorted(outcome.trace.tables):
        for name, values in sorted(outcome.trace.columns(table).items()):
            found.update(f"{table}.{name}".encode() + np.ascontiguousarray(values).tobytes())
    return found.hexdigest()


def digest_of_a_run():
    return digest(replicate(small_baseline().world(), SEED, 3, by=("day", "channel")))


def digest_elsewhere(hash_seed="0", without=()):
    """The same in a process of its own."""
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "NPY_DISABLE_CPU_FEATURES": " ".join(without)}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, __file__]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def here():
    return digest_of_a_run()


def test_another_process_with_another_hash_seed_and_a_plainer_cpu_gives_the_same_bits(here):
    assert digest_elsewhere("12345", LEVELS) == here


@pytest.mark.slow
@pytest.mark.parametrize("hash_seed", ["0", "1", "4294967295", "random"])
def test_bits_do_not_depend_on_the_hash_seed(here, hash_seed):
    assert digest_elsewhere(hash_seed) == here


@pytest.mark.slow
@pytest.mark.parametrize("first", range(len(LEVELS)))
def test_bits_do_not_depend_on_the_cpu_level(here, first):
    assert digest_elsewhere(without=LEVELS[first:]) == here


def test_a_replication_alone_equals_the_same_after_others_in_any_order():
    world = small_baseline().world()
    alone = digest(replicate(small_baseline().world(), SEED, 7))
    assert [digest(replicate(world, SEED, index)) for index in range(8)][7] == alone
    assert digest(replicate(world, SEED, 7)) == alone
    assert digest(replicate(world, SEED, 7, by=("hour",))) != alone, "the digest sees the figures"
    assert digest(replicate(world, SEED, 8)) != alone


@pytest.mark.slow
def test_a_study_gives_the_same_bits_in_any_number_of_processes_and_chunks():
    scenario = small_baseline()
    alone = [replicate(scenario.world(), SEED, index).record.to_json() for index in range(6)]
    for jobs in (1, 2, 3):
        result = simulate(scenario, 6, seed=SEED, jobs=jobs)
        assert [record.to_json() for record in result.records] == alone
