"""Orders of days for which a forecast says how many lines and units they have on average."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.world import World

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Draw = Callable[[], Floats]


class ForecastDays:
    """Which orders fall on days with a mean of their own; ``placed_s`` and ``channel`` of shape (n,)."""

    def __init__(self, world: World, placed_s: Floats, channel: NDArray[np.int16]) -> None:
        self.contents = [each.content for each in world.demand.channels]
        self.channel, self.placed_s, self.days = channel, placed_s, world.days

    def lines(self, n_lines: Counts, draw: Draw) -> Counts:
        """Lines per order; one uniform per order is drawn only if some day has a mean of its own."""
        means = [(c.lines.mean, c.day_lines) if c.lines else (1.0, {}) for c in self.contents]
        return self._scaled(n_lines, means, np.arange(len(n_lines)), draw)

    def units(self, quantity: Counts, order: Counts, draw: Draw) -> Counts:
        """Units per line of these orders; one uniform per line is drawn only if some day has a mean of its own."""
        means = [(c.units.mean, c.day_units) for c in self.contents]
        return self._scaled(quantity, means, order, draw)

    def _scaled(self, counts: Counts, means: list[tuple[float, dict[int, float]]], order: Counts, draw: Draw) -> Counts:
        if not any(of_days for _, of_days in means):
            return counts
        u, scaled = draw(), counts.copy()
        midnights = np.asarray(self.days.midnight_s)
        ordinal = self.days.first_ordinal + np.searchsorted(midnights, self.placed_s, side="right") - 1
        for channel, (usual, of_days) in enumerate(means):
            mine = self.channel[order] == channel
            for day, mean in of_days.items():
                rows = mine & (ordinal[order] == day)
                scaled[rows] = with_mean(counts[rows], usual, mean, u[rows])
        return scaled


def with_mean(counts: Counts, usual: float, mean: float, u: Floats) -> Counts:
    """Counts from 1 with another mean: what exceeds 1 is stretched, and rounded up or down by ``u``.

    >>> with_mean(np.array([1, 3]), 2.0, 3.0, np.array([0.5, 0.5])).tolist()
    [1, 5]
    """
    more = (counts - 1) * ((mean - 1.0) / (usual - 1.0)) if usual > 1.0 else np.full(len(counts), mean - 1.0)
    return np.asarray(1 + np.floor(more + u), dtype=np.int64)
