"""Processes that do the harness's jobs."""

import multiprocessing

import pytest

from fulfillsim.bench.harness.job import Bench, Job
from fulfillsim.bench.harness.pool import run_jobs
from fulfillsim.bench.suites import SUITES


def test_a_job_that_cannot_travel_to_a_process_is_told_and_leaves_no_process_behind():
    stuck = Job(SUITES["picking"], "exact", "exact", 1, 1.0, lambda: None)  # what cannot be pickled
    with pytest.raises(Exception, match="pickle"):
        next(run_jobs([stuck], 1))
    assert not multiprocessing.active_children()


def test_a_sample_is_solved_until_nothing_is_compiled_any_more(monkeypatch):
    counts, calls = iter([0, 3, 3, 5, 5, 5]), []
    monkeypatch.setattr("fulfillsim.bench.harness.job.compiled.n_compiled", lambda: next(counts))
    monkeypatch.setattr("fulfillsim.bench.suites.picking.PickingSuite.warm_up", lambda *given: calls.append(given))
    Bench().prepare(Job(SUITES["picking"], "exact", "exact", 1, 1.0, None))
    assert len(calls) == 3
