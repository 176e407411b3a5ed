"""Cycle counts: which SKUs are counted when, by whom, and what a count does to the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.slots import Counting
from fulfillsim.sim.engine import Item, Rank
from fulfillsim.sim.model import Model

URGENT, IN_TURN = 0.0, 1.0
"""Ranks: a picker found too little, or it is the SKU's turn."""


class Count(Item):
    """A SKU that somebody shall count."""

    __slots__ = ("asked_s", "sku")

    def __init__(self, row: int, rank: float, sku: int, asked_s: float) -> None:
        super().__init__(row, rank)
        self.sku, self.asked_s = sku, asked_s


class Counts:
    """Counts that wait or are under way.

    Parameters
    ----------
    there
        Units that somebody who counts a SKU will find.
    correct
        Sets the record of a SKU right and returns the units by which it changes.

    Attributes
    ----------
    open
        SKU -> its count; no SKU waits twice.
    """

    def __init__(
        self,
        model: Model,
        plan: Counting,
        there: Callable[[int], int],
        correct: Callable[[int, float], int],
    ) -> None:
        self.model, self.plan, self.there, self.correct = model, plan, there, correct
        self.open: dict[int, Count] = {}
        self.n_counts: dict[int, int] = {}
        self.n_tasks = self.n_rounds = 0
        self.keys: Sequence[int] = ()
        self.first: NDArray[np.float64] = np.empty(0)
        self.turn: NDArray[np.int64] = np.empty(0, np.int64)
        self.station = model.station(plan.station, self._done, "task")

    def begin(self, keys: Sequence[int]) -> None:
        """Set the rounds; where a SKU stands in its turn is chance of its own."""
        self.keys = keys
        self.first = self.model.tape.streams.hashed_uniforms("record_error:turn", keys)
        self.turn = np.argsort(self.first, kind="stable")
        for time_s in self.plan.rounds_s:
            self.model.engine.at(time_s, Rank.DECIDE, self._round, None)

    def ask(self, sku: int, now: float, *, is_urgent: bool = False) -> None:
        """Let a SKU be counted, soon if it is urgent."""
        count = self.open.get(sku)
        if count is None:
            self._offer(sku, URGENT if is_urgent else IN_TURN, now)
        elif is_urgent and count.rank > URGENT and count.worker is None:
            self.station.queue.remove(count)
            count.rank = URGENT
            self.station.queue.push(count)

    def _round(self, _: None, now: float) -> None:
        """Give the counts of a day out."""
        for sku in self._due().tolist():
            self.ask(sku, now)
        self.n_rounds += 1

    def _due(self) -> NDArray[np.int64]:
        if self.plan.per_round is not None:
            n = len(self.turn)
            places = (self.n_rounds * self.plan.per_round + np.arange(min(self.plan.per_round, n))) % n
            return self.turn[places]
        passed = self.n_rounds / self.plan.rounds_between + self.first
        return np.flatnonzero(np.floor(passed + 1.0 / self.plan.rounds_between) > np.floor(passed))

    def _offer(self, sku: int, rank: float, now: float) -> None:
        count = self.open[sku] = Count(self.n_tasks, rank, sku, now)
        self.n_tasks += 1
        self.n_counts[sku] = self.n_counts.get(sku, 0) + 1
        station = self.plan.station
        assert station.time is not None
        content = self.model.book.content(station.time, f"work:{station.name}", self.keys[sku], self.n_counts[sku])
        count.work = (content + self.plan.per_unit_s * self.there(sku),)
        self.station.offer(count, now)

    def _done(self, count: Count, now: float) -> None:
        del self.open[count.sku]
        units = self.correct(count.sku, now)
        self.model.trace.tables["counts"].add(count.row, count.sku, units, count.asked_s, now)
