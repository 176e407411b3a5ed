"""The only place where dates and clock times become seconds: days of 23 and 25 hours, weekdays, holidays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from fulfillsim.domain.clock import Days, WorkCalendar
from fulfillsim.scenario.names import client_names
from fulfillsim.scenario.schema.base import Calendar
from fulfillsim.scenario.schema.processing import Terms
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.terms import service_of
from fulfillsim.scenario.units import DAY_S

DAYS_BEYOND = 120
"""Days known after the run's end, for promises and deliveries still on their way."""
MOST_DRAIN = 10


class Timeline:
    """Days of a run, and the second at which a clock shows a time on one of them.

    Parameters
    ----------
    settings
        Says the first day, zone, warm-up, window and drain.
    """

    def __init__(self, settings: Settings) -> None:
        self._zone = ZoneInfo(settings.zone)
        self._first = settings.start - timedelta(days=settings.n_warm_up)
        self._zero = self._utc(0, 0.0)
        drain = longest_promise(settings) if settings.drain is None else settings.drain
        n_run = settings.n_warm_up + settings.days + drain
        midnights = tuple(self._utc(day, 0.0) - self._zero for day in range(n_run + DAYS_BEYOND + 1))
        first = self._first.toordinal()
        self.days = Days(first, midnights, settings.n_warm_up, settings.days, drain, settings.zone)
        if settings.snapshot is not None:
            self.days = replace(self.days, begin_s=self.moment(settings.snapshot.at))
        self._warehouse = self.calendar("warehouse", settings.calendar)

    @property
    def warehouse(self) -> WorkCalendar:
        """Working days of the warehouse."""
        return self._warehouse

    def _utc(self, day: int, clock_s: float) -> float:
        """Seconds since 1970 at which the local clock shows a time; the first of two, the later of none."""
        local = datetime.combine(self._first, datetime.min.time()) + timedelta(days=day, seconds=clock_s)
        return local.replace(tzinfo=self._zone).astimezone(UTC).timestamp()

    def second(self, day: int, clock_s: float) -> float:
        """Seconds since clock zero at which the clock shows ``clock_s`` on ``day``; above 24 h the next day's.

        Where a night skips an hour, a time inside it is the same time after it.
        """
        midnight = self.days.midnight_s
        shift, clock = divmod(clock_s, DAY_S)
        day += int(shift)
        if 0 <= day < len(midnight) - 1 and midnight[day + 1] - midnight[day] == DAY_S:
            return midnight[day] + clock
        return self._utc(day, clock) - self._zero

    def midnight(self, day: date) -> float:
        """Second at which a date begins."""
        return self.second(day.toordinal() - self.days.first_ordinal, 0.0)

    def moment(self, local: datetime) -> float:
        """Seconds since clock zero of a local date and time."""
        day = local.date().toordinal() - self.days.first_ordinal
        clock_s = 3600.0 * local.hour + 60.0 * local.minute + local.second + local.microsecond / 1e6
        return self.second(day, clock_s)

    def not_before(self, earliest_s: float, time_s: float) -> float:
        """A time, or the moment at which the clock shows it again, if it is too early and the clock goes back then."""
        if not time_s < earliest_s:
            return time_s
        local = datetime.fromtimestamp(time_s + self._zero, self._zone)
        return local.replace(fold=1).timestamp() - self._zero

    def calendar(self, name: str, plan: Calendar) -> WorkCalendar:
        """Flags of the days on which somebody works."""
        holidays = {day.toordinal() for day in plan.holidays}
        days = self.days
        working = tuple(
            days.weekday(d) in plan.working_days and days.ordinal(d) not in holidays for d in range(len(days))
        )
        return WorkCalendar(name, working)

    def dated(self, days: Iterable[date]) -> dict[int, date]:
        """Day index of each date that lies inside the known days."""
        indexed = {date_.toordinal() - self.days.first_ordinal: date_ for date_ in days}
        return {day: date_ for day, date_ in indexed.items() if 0 <= day < len(self.days)}

    def on_days(self, clock_s: float, flags: Iterable[bool]) -> tuple[float, ...]:
        """Seconds at which the clock shows a time on the flagged days."""
        return tuple(self.second(day, clock_s) for day, flag in enumerate(flags) if flag)

    def on_weekdays(self, weekdays: Iterable[int]) -> list[bool]:
        """Flag per day: whether its weekday is one of them."""
        wanted = set(weekdays)
        return [self.days.weekday(day) in wanted for day in range(len(self.days))]

    def every(self, distance_s: float) -> tuple[float, ...]:
        """Seconds at equal distances, the first one distance after clock zero, before the end of all known days."""
        n = ceil(self.days.midnight_s[-1] / distance_s)
        return tuple(distance_s * i for i in range(1, n))


def longest_promise(settings: Settings) -> int:
    """Days after the window until the longest promise falls due, at most 10; 1 where nothing is promised.

    Working days are counted as calendar days of a five-day week, with one weekend more.
    """
    if settings.processing is None or not settings.services:
        return 1
    carriers = settings.delivery.carriers.values() if settings.delivery else ()
    quotes = [_longest(service.transit) for carrier in carriers for service in carrier.services.values()]
    transit = max(quotes, default=0)
    named = [(client, name) for client in client_names(settings) for name in settings.services]
    working = max(_working_days(service_of(settings, *each), transit) for each in named)
    return min(MOST_DRAIN, ceil(working * 7 / 5) + 2)


def _working_days(service: Terms, transit: int) -> int:
    """Longest promise of a service; one that looks at the moment may promise anything."""
    by_cutoff = {"fixed_days": service.days or 0, "cutoff_quote": service.handling.n + transit}
    return by_cutoff.get(service.promise, MOST_DRAIN)


def _longest(transit: int | dict[str, int]) -> int:
    return transit if isinstance(transit, int) else max(transit.values(), default=0)
