"""Executors by name: ``dask`` (a cluster on this machine) and ``dask://HOST:PORT`` (a scheduler that runs already)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from fulfillsim.errors import InputError, MissingExtraError

SECONDS_TO_CONNECT = 10


@contextmanager
def named_executor(name: str | None, jobs: int | None = None) -> Iterator[Executor | None]:
    """Executor behind a name, closed at the end; None for processes of our own.

    Parameters
    ----------
    name
        ``None`` or ``"processes"``, ``"dask"``, ``"dask://HOST:PORT"``. Machines of a cluster must see the scenario's
        tables under the same path, and have the same versions installed.
    jobs
        Workers of a cluster on this machine; one per core if not given.

    Raises
    ------
    InputError
        If there is no such executor, or nobody answers at the address.
    MissingExtraError
        If Dask is not installed.
    """
    if name in (None, "", "processes"):
        yield None
        return
    assert name is not None
    scheme, _, address = name.partition("://")
    if scheme != "dask" or (address and not re.fullmatch(r".+:\d+", address)):
        rule = f"executor: must be processes, dask or dask://HOST:PORT (got {name!r})"
        raise InputError(f"{rule} - from Python any concurrent.futures.Executor will do")
    with _client(address, jobs) as client:
        executor = client.get_executor(pure=False)
        executor._max_workers = max(1, sum(client.nthreads().values()))
        yield executor


@contextmanager
def _client(address: str, jobs: int | None) -> Iterator[Any]:
    try:
        distributed: Any = import_module("distributed")  # its calls carry no types
    except ImportError as error:
        raise MissingExtraError("running on Dask", "dask") from error
    if address:
        try:
            client = distributed.Client(f"tcp://{address}", timeout=SECONDS_TO_CONNECT)
        except (OSError, ValueError) as error:
            rule = f"executor: nobody answers at {address} within {SECONDS_TO_CONNECT} s"
            raise InputError(f"{rule} - start one with: dask scheduler, or leave out --executor") from error
        with client:
            yield client
        return
    from fulfillsim.experiment.study import available_cores

    with _local_cluster(distributed, jobs or available_cores()) as cluster, distributed.Client(cluster) as client:
        yield client


@contextmanager
def _local_cluster(distributed: Any, n: int) -> Iterator[Any]:
    """Processes of this machine; one that dies is replaced, also later, without running the caller's script.

    Its scheduler tells of a death at once instead of trying again: how often is ours to count.
    Nobody looks at profiles of its workers, so none are taken, and they look at themselves every other second instead
    of fifty times in one: each look takes the processor from a replication.
    """
    from dask import config

    from fulfillsim.experiment.workers import OF_WORKERS, fresh_start

    environment = config.get("distributed.nanny.pre-spawn-environ", {}) | OF_WORKERS
    ours = {
        "distributed.scheduler.allowed-failures": 0,
        "distributed.nanny.pre-spawn-environ": environment,
        "distributed.worker.profile.enabled": False,
        "distributed.admin.tick.interval": "1s",
        "distributed.admin.system-monitor.interval": "5s",
        "distributed.worker.memory.monitor-interval": "2s",
    }
    with fresh_start(), config.set(ours):
        options = {"threads_per_worker": 1, "processes": True, "dashboard_address": None}
        with distributed.LocalCluster(n_workers=n, **options) as cluster:
            yield cluster
