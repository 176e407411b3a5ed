"""Clock times, weekdays and dates as a file writes them, each read into seconds, numbers or dates.

Like the parsers of ``units``: text in, the value out, or a `UnitError` with the rule and how to write it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import NamedTuple

from fulfillsim.errors import nearest
from fulfillsim.scenario.units import DAY_S, UnitError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


class Span(NamedTuple):
    """Part of a day, in seconds since local midnight; over midnight where ``until_s`` > 86400."""

    from_s: float
    until_s: float


def clock_s(value: object) -> float:
    """Seconds since local midnight of "14:00", "06:00:30", "24:00".

    >>> clock_s("06:00:30"), clock_s("24:00")
    (21630.0, 86400.0)
    """
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise UnitError("must be a clock time", "write it like 14:00 or 06:00:30")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    total = 3600.0 * hour + 60 * minute + second
    if minute > 59 or second > 59 or total > DAY_S:
        raise UnitError("must be a clock time from 00:00 to 24:00", "write it like 14:00 or 06:00:30")
    return total


def span(value: object) -> Span:
    """Part of a day: "08:00-16:30", or over midnight "22:00-06:00".

    >>> span("22:00-06:00")
    Span(from_s=79200.0, until_s=108000.0)
    """
    ends = re.split(r"\s*[-–]\s*", value.strip()) if isinstance(value, str) else []
    if len(ends) != 2:
        raise UnitError("must be two clock times with a hyphen between", "write it like 08:00-16:30")
    start, end = clock_s(ends[0]), clock_s(ends[1])
    if start in (end, DAY_S):
        raise UnitError("must have a length", "write 00:00-24:00 for the whole day")
    return Span(start, end if end > start else end + DAY_S)


def weekdays(value: object) -> frozenset[int]:
    """Weekdays, Monday 0, of "mon-sat", "mon, wed, fri", "fri-mon", "daily".

    >>> sorted(weekdays("fri-sun, mon"))
    [0, 4, 5, 6]
    """
    text = value.strip().lower() if isinstance(value, str) else ""
    if text == "daily":
        return frozenset(range(7))
    if not text:
        raise UnitError("must be weekdays", "write mon-sat, or mon, wed, fri, or daily")
    days: set[int] = set()
    for part in re.split(r"\s*,\s*", text):
        first, *rest = re.split(r"\s*[-–]\s*", part)
        if len(rest) > 1:
            raise UnitError("must be weekdays", "write mon-sat, or mon, wed, fri, or daily")
        start = _weekday(first)
        n_days = (_weekday(rest[0]) - start) % 7 + 1 if rest else 1
        days.update((start + i) % 7 for i in range(n_days))
    return frozenset(days)


def _weekday(word: str) -> int:
    for index, day in enumerate(WEEKDAYS):
        if len(word) >= 3 and (day == word or _DAY_NAMES[index].startswith(word)):
            return index
    near = nearest(word, WEEKDAYS)
    raise UnitError("must be weekdays", f"did you mean {near}?" if near else f"the days are {', '.join(WEEKDAYS)}")


def day(value: object) -> date:
    """Date of "2026-03-02"."""
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError as error:
        raise UnitError(f"must be a date that exists: {error}", "write year-month-day, as 2026-03-02") from None
    raise UnitError("must be a date", "write year-month-day, as 2026-03-02")


def moment(value: object) -> datetime:
    """Local date and time of "2026-03-02T06:00" or, at midnight, "2026-03-02"; it has no zone."""
    text = value.strip() if isinstance(value, str) else ""
    date_text, _, time_text = text.partition("T" if "T" in text else " ")
    seconds = clock_s(time_text.strip()) if time_text else 0.0
    if seconds == DAY_S:
        raise UnitError("must be a clock time before 24:00", "write 00:00 of the next day")
    minutes, second = divmod(int(seconds), 60)
    return datetime.combine(day(date_text), time(minutes // 60, minutes % 60, second))


def zone(value: object) -> str:
    """IANA name of a time zone, as "Europe/Berlin"; checked against the zone data."""
    import zoneinfo

    text = value.strip() if isinstance(value, str) else ""
    try:
        zoneinfo.ZoneInfo(text)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        near = nearest(text, zoneinfo.available_timezones()) if text else None
        hint = f"did you mean {near}?" if near else "write it like Europe/Berlin or UTC"
        raise UnitError("must be an IANA time zone", hint) from None
    return text
