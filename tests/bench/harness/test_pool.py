"""Processes that do the harness's jobs."""

import multiprocessing
from typing import Any

import pytest

from fulfillsim.bench.harness.pool import run_jobs


def test_a_job_that_cannot_travel_to_a_process_is_told_and_leaves_no_process_behind():
    stuck: Any = lambda: None  # noqa: E731 - what cannot be pickled
    with pytest.raises(Exception, match="pickle"):
        next(run_jobs([stuck], 1))
    assert not multiprocessing.active_children()
