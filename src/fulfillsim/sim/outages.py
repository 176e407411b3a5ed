"""Stations at which nobody can work for a while: work in hand goes back to the queue, and everything waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fulfillsim.sim.engine import Rank
from fulfillsim.sim.model import Model
from fulfillsim.sim.station import Station

ALL = "all"


class Closed:
    """The queue of a closed station: it takes items in, and looks empty to whoever seeks work."""

    def __init__(self, queue: Any) -> None:
        self.queue = queue

    def __bool__(self) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.queue, name)


class Outage:
    """Closes a station as long as at least one event does."""

    def __init__(self, station: Station) -> None:
        self.station, self.n_reasons = station, 0
        self.pools: list[Any] = []
        self.queue: Any = None

    def close(self, now: float) -> None:
        """Take the people away; they look for other work."""
        self.n_reasons += 1
        if self.n_reasons > 1:
            return
        station = self.station
        self.pools, self.queue = station.pools, station.queue
        station.serve_by([])
        station.queue = Closed(self.queue)
        workers = [worker for pool in self.pools for worker in pool.workers]
        stopped = [worker for worker in workers if worker.item is not None and worker.station is station]
        for worker in sorted(stopped, key=lambda each: -each.item.started_s):  # who began last goes back first
            station.interrupt(worker, now)
        for worker in stopped:
            worker.next(now)

    def open(self, now: float) -> None:
        """Give the people back, unless another event still closes the station."""
        self.n_reasons -= 1
        if self.n_reasons:
            return
        self.station.serve_by(self.pools)
        self.station.queue = self.queue
        self.station.wake(now)


def plan_outages(model: Model) -> None:
    """Close and open stations by the events of the world; without events nothing is done."""
    outages: dict[str, Outage] = {}
    for event in model.world.events:
        if event.closes is None:
            continue
        for name in _meant(model, event.closes):
            outage = outages.setdefault(name, Outage(model.stations[name]))
            model.engine.call_at(event.start_s, Rank.CAPACITY, outage.close)
            model.engine.call_at(event.end_s, Rank.CAPACITY, outage.open)


def _meant(model: Model, names: Iterable[str]) -> list[str]:
    """Staffed stations of these names, or all of them."""
    staffed = [name for name, station in model.stations.items() if isinstance(station, Station)]
    return staffed if ALL in names else [name for name in staffed if name in names]
