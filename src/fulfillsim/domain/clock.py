"""Days of a run and working-day calendars.

Dates and clock times live at the file border; everything behind it counts seconds since *clock zero*, the
first local midnight of the run (the start of the warm-up). This module holds the one table that links the two:
the second at which each local day begins, so that days of 23 and 25 hours are right.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cached_property

DAY_S = 86_400.0


@dataclass(frozen=True)
class Days:
    """Local days of a run, warm-up first, and far enough beyond its end for every promise.

    Parameters
    ----------
    first_ordinal
        Proleptic ordinal of day 0 (``date.toordinal``).
    midnight_s
        Second at which each day begins, shape (n_days + 1,), ``midnight_s[0] == 0``; whole seconds.
    n_warm_up, n_window, n_drain
        Days before the window, in it, and at most after it. Their sum is at most ``n_days``.
    zone
        IANA name of the local time zone, for display.
    begin_s
        When the run begins inside its first day: nothing happens before it.
    """

    first_ordinal: int
    midnight_s: tuple[float, ...]
    n_warm_up: int
    n_window: int
    n_drain: int
    zone: str
    begin_s: float = 0.0

    def __len__(self) -> int:
        return len(self.midnight_s) - 1

    @property
    def window_start_s(self) -> float:
        """Begin of the window whose KPIs are reported."""
        return max(self.midnight_s[self.n_warm_up], self.begin_s)

    @property
    def window_end_s(self) -> float:
        """End of the window, exclusive."""
        return self.midnight_s[self.n_warm_up + self.n_window]

    @property
    def end_s(self) -> float:
        """Latest end of the run: the window and its drain."""
        return self.midnight_s[self.n_warm_up + self.n_window + self.n_drain]

    @property
    def n_run(self) -> int:
        """Days from clock zero to ``end_s``."""
        return self.n_warm_up + self.n_window + self.n_drain

    def of(self, time_s: float) -> int:
        """Day index in which a second lies (a midnight belongs to the day it begins)."""
        return bisect_right(self.midnight_s, time_s) - 1

    def second(self, day: int, clock_s: float) -> float:
        """Second at which the clock shows ``clock_s`` on a day, for times after the small hours in which clocks change.

        On days of 23 and 25 hours that is as long before the next midnight as on any other.

        >>> Days(1, (0.0, 82_800.0), 0, 1, 0, "UTC").second(0, 7 * 3600.0) / 3600.0
        6.0
        """
        return self.midnight_s[day + 1] - (DAY_S - clock_s)

    def ordinal(self, day: int) -> int:
        """Calendar ordinal of a day: the name by which day effects are drawn, whatever the warm-up."""
        return self.first_ordinal + day

    def date(self, day: int) -> date:
        """Calendar date of a day."""
        return date.fromordinal(self.first_ordinal + day)

    def weekday(self, day: int) -> int:
        """Weekday of a day, Monday 0."""
        return (self.first_ordinal + day - 1) % 7


@dataclass(frozen=True)
class WorkCalendar:
    """Which days somebody works: the warehouse, a carrier, a supplier.

    Parameters
    ----------
    name
        For messages.
    working
        Flag per day of `Days`, shape (n_days,).
    """

    name: str
    working: tuple[bool, ...]

    @cached_property
    def _working_days(self) -> tuple[int, ...]:
        return tuple(day for day, works in enumerate(self.working) if works)

    @cached_property
    def _n_before(self) -> tuple[int, ...]:
        counts, total = [], 0
        for works in self.working:
            counts.append(total)
            total += works
        return tuple(counts)

    def on_or_after(self, day: int) -> int:
        """First working day on or after ``day`` (the last known one beyond the table's end)."""
        return self.add(day, 0)

    def add(self, day: int, n: int) -> int:
        """Day that lies ``n`` working days after ``day``.

        ``day`` itself is day 0 whether or not it is a working day: picked up Thursday, three Monday-to-Friday
        days later is Tuesday. With ``n == 0`` it is the first working day on or after ``day``.
        """
        days = self._working_days
        index = self._n_before[day] + (self.working[day] + n - 1 if n else 0)
        return days[min(max(index, 0), len(days) - 1)]
