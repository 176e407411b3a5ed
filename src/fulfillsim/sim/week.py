"""Parcels that each carrier has got in the calendar week: what shares and commitments are counted in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import ceil, floor

from fulfillsim.domain.clock import Days
from fulfillsim.domain.delivery import Carrier

DAYS_PER_WEEK = 7


class Week:
    """Counters that begin anew every Monday.

    Parameters
    ----------
    days
        Of the run.
    carriers
        Whose departures, shares and commitments count.
    """

    def __init__(self, days: Days, carriers: Sequence[Carrier]) -> None:
        self.days, self.carriers = days, carriers
        self.times = [[departure.time_s for departure in carrier.departures] for carrier in carriers]
        self.monday = -DAYS_PER_WEEK
        self.taken = [0] * len(carriers)

    def begin(self, now: float) -> None:
        """Forget the last week where a new one has begun."""
        if (monday := self._monday(now)) != self.monday:
            self.monday, self.taken = monday, [0] * len(self.carriers)

    def count(self, carrier: int, n_parcels: int) -> None:
        """A carrier takes parcels."""
        self.taken[carrier] += n_parcels

    def allowance(self, carrier: int, n_waiting: int) -> int | None:
        """Parcels that a carrier may still get if all that wait were to leave; None without a limit."""
        most = self.carriers[carrier].max_share
        if most >= 1.0:
            return None
        return max(0, floor(most * (sum(self.taken) + n_waiting) + 1e-9) - self.taken[carrier])

    def committed(self, carrier: int, departs_s: float) -> int:
        """Parcels that a departure should get: what its week still lacks, spread over the departures it still has."""
        commitment = self.carriers[carrier].commitment
        if commitment is None:
            return 0
        monday = self._monday(departs_s)
        lacking = commitment.per_week - (self.taken[carrier] if monday == self.monday else 0)
        times, ends_s = self.times[carrier], self.days.midnight_s[min(monday + DAYS_PER_WEEK, len(self.days))]
        n_left = bisect_left(times, ends_s) - bisect_left(times, departs_s)
        return max(0, ceil(lacking / max(1, n_left)))

    def _monday(self, time_s: float) -> int:
        """Index of the day on which the week of a moment begins; it may lie before the run."""
        day = self.days.of(time_s)
        return day - self.days.weekday(day)
