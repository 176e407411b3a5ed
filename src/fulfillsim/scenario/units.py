"""How people write quantities, and the base unit each becomes: seconds, metres, kilograms, litres.

Every parser takes what stood in the file (text, or a number where YAML saw one) and returns the base
value, or raises :class:`UnitError` with the rule and, apart from it, how to write it. A bare number is
refused where a unit is needed, 0 excepted. The pydantic types of these are in ``scenario/fields.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import NamedTuple

from fulfillsim.errors import nearest

DAY_S = 86_400.0
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class UnitError(ValueError):
    """A quantity that cannot be read.

    Attributes
    ----------
    rule
        What must hold.
    hint
        How to write it; may be empty.
    """

    def __init__(self, rule: str, hint: str = "") -> None:
        self.rule, self.hint = rule, hint
        super().__init__(rule, hint)

    def __str__(self) -> str:
        return f"{self.rule} - {self.hint}" if self.hint else self.rule


class WorkingDays(NamedTuple):
    """A number of working days, to be counted in a named calendar."""

    n: int


class Span(NamedTuple):
    """Part of a day, in seconds since local midnight; over midnight where ``until_s`` > 86400."""

    from_s: float
    until_s: float


class Money(NamedTuple):
    """An amount and its currency, for instance ``EUR``; the currency is None for 0."""

    amount: float
    currency: str | None


DURATIONS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "m"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), DAY_S),
    **dict.fromkeys(("week", "weeks", "w"), 7 * DAY_S),
    "ms": 0.001,
}
LENGTHS = {"mm": 0.001, "cm": 0.01, "m": 1.0, "km": 1000.0}
WEIGHTS = {"mg": 1e-6, "g": 0.001, "kg": 1.0, "t": 1000.0}
VOLUMES = {"ml": 0.001, "l": 1.0, "L": 1.0, "mm3": 1e-6, "cm3": 0.001, "dm3": 1.0, "m3": 1000.0}
VOLUMES |= {"cm³": 0.001, "dm³": 1.0, "m³": 1000.0}
SPEEDS = {"m/s": 1.0, "m/min": 1 / 60, "km/h": 1 / 3.6}
PER = {
    "s": 1.0,
    "sec": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "hour": 3600.0,
    "day": DAY_S,
    "d": DAY_S,
    "week": 7 * DAY_S,
}
MAX_RATE_PER_H = 1e7
MAX_DURATION_S = 100 * 366 * DAY_S

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_QUANTITY = re.compile(rf"({_NUMBER})\s*(\S.*)?")
_PIECE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([a-zA-Z]+)\s*")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_MONEY = re.compile(rf"({_NUMBER})\s*([A-Z]{{3}}|€|\$|£)\s*(?:/\s*(\S+))?")
_WORKING = re.compile(r"(\d+)\s*(?:wd|working days?)")
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}


def duration_s(value: object) -> float:
    """Seconds of "45s", "90 s", "1h30m", "1.5 h", "15 min", "2 days".

    >>> duration_s("1h30m"), duration_s("15 min"), duration_s("1.5 h")
    (5400.0, 900.0, 5400.0)
    """
    example = "write it like 45s, 15 min, 1h30m or 2 days"
    text = _text(value, "a time with a unit", "45s, 15 min or 2 h")
    if text == "0":
        return 0.0
    if text.startswith("-"):
        raise UnitError("must not be negative", example)
    if _WORKING.fullmatch(text):
        raise UnitError("must be a time on the clock, not working days", example)
    total, at = 0.0, 0
    last = math.inf
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            raise UnitError("must be a time with a unit", example)
        unit_s = _factor(piece[2], DURATIONS, "a time", example)
        if unit_s >= last:
            raise UnitError("must have its units from the largest to the smallest, each once", example)
        last, at = unit_s, piece.end()
        total += float(piece[1]) * unit_s
    return _at_most(total, MAX_DURATION_S, "100 years")


def working_days(value: object) -> WorkingDays:
    """Working days of "3 working days", "1 working day", "3 wd".

    >>> working_days("3 wd")
    WorkingDays(n=3)
    """
    match = _WORKING.fullmatch(_text(value, "a number of working days", "3 working days"))
    if match is None:
        if value == 0 and not isinstance(value, bool):
            return WorkingDays(0)
        raise UnitError("must be a whole number of working days", "write it like 3 working days or 3 wd")
    return WorkingDays(int(_at_most(float(match[1]), 36_600, "36600 working days")))


def lead_time(value: object) -> float | WorkingDays:
    """Either seconds of a time on the clock, or working days."""
    if isinstance(value, str) and _WORKING.fullmatch(value.strip()):
        return working_days(value)
    return duration_s(value)


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


def rate_per_s(value: object) -> float:
    """Rate per second of "120/h", "2/min", "6000/day".

    >>> rate_per_s("120/h") * 3600
    120.0
    """
    number, unit = _quantity(value, "a rate", "120/h, 2/min or 6000/day")
    if number == 0 and not unit:
        return 0.0
    per = re.fullmatch(r"(?:/|per)\s*([a-zA-Z]+)", unit)
    if per is None:
        raise UnitError("must be a rate", "write it like 120/h, 2/min or 6000/day")
    rate = _not_negative(number) / _factor(per[1], PER, "a rate", "write it like 120/h")
    if rate * 3600 > MAX_RATE_PER_H:
        raise UnitError(f"must be at most {MAX_RATE_PER_H:.0e}/h".replace("e+0", "e"), "check the unit")
    return rate


def length_m(value: object) -> float:
    """Metres of "2.4 m", "30 cm"."""
    return _measure(value, LENGTHS, "a length", "2.4 m or 30 cm")


def weight_kg(value: object) -> float:
    """Kilograms of "1.2 kg", "300 g"."""
    return _measure(value, WEIGHTS, "a weight", "1.2 kg or 300 g")


def volume_l(value: object) -> float:
    """Litres of "2 l", "5000 cm3", "0.3 m3"."""
    return _measure(value, VOLUMES, "a volume", "2 l, 5000 cm3 or 0.3 m3")


def speed_m_per_s(value: object) -> float:
    """Metres per second of "1.0 m/s", "3.6 km/h"."""
    return _measure(value, SPEEDS, "a speed", "1.0 m/s or 3.6 km/h")


def share(value: object) -> float:
    """A part of 1: 0.12 or "12 %".

    >>> share("12 %"), share(0.12)
    (0.12, 0.12)
    """
    number, unit = _quantity(value, "a share", "0.12 or 12 %")
    if unit not in ("", "%"):
        raise UnitError("must be a share", "write it like 0.12 or 12 %")
    part = number / 100 if unit else number
    if not 0 <= part <= 1:
        raise UnitError("must be between 0 and 1", "" if unit else f"for percent write {number:g} %")
    return part


def money(value: object, per: str = "") -> Money:
    """Amount and currency of "2.5 EUR", or with ``per`` one of "h", "km", "kg" of "2.5 EUR/h".

    Raises
    ------
    UnitError
        Also for another unit behind the slash; nothing is converted.

    >>> money("0.12 EUR/km", per="km")
    Money(amount=0.12, currency='EUR')
    """
    example = f"write it like 2.5 EUR{'/' if per else ''}{per}"
    text = _text(value, "an amount of money", example.removeprefix("write it like "))
    if text == "0":
        return Money(0.0, None)
    match = _MONEY.fullmatch(text)
    if match is None:
        raise UnitError("must be an amount and a currency" + (f" per {per}" if per else ""), example)
    if (match[3] or "") != per:
        raise UnitError(f"must be per {per}" if per else "must be an amount, not a rate", example)
    return Money(_not_negative(_finite(match[1])), _SIGNS.get(match[2], match[2]))


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


_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


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


def parse_start(value: object) -> tuple[date, str]:
    """First date and zone of "2026-03-02 Europe/Berlin".

    >>> parse_start("2026-03-02 Europe/Berlin")
    (datetime.date(2026, 3, 2), 'Europe/Berlin')
    """
    parts = value.split() if isinstance(value, str) else []
    if len(parts) != 2:
        raise UnitError("must be a date and a time zone", "write it like 2026-03-02 Europe/Berlin")
    return day(parts[0]), zone(parts[1])


def one_currency(found: Mapping[str, str]) -> str | None:
    """Only currency among those found, None if there is none.

    Parameters
    ----------
    found
        Where each currency was found (any name of a place) to the currency.

    Raises
    ------
    UnitError
        If there are two; the message names a place of each.
    """
    first: dict[str, str] = {}
    for place, currency in found.items():
        first.setdefault(currency, place)
    if len(first) > 1:
        shown = ", ".join(f"{currency} at {place}" for currency, place in first.items())
        raise UnitError(f"a scenario has one currency, here are {shown}", "convert to one of them")
    return next(iter(first), None)


def _text(value: object, kind: str, example: str) -> str:
    """Text of a value that needs a unit; a bare number other than 0 is refused."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value == 0:
            return "0"
        raise UnitError(f"must be {kind}; the unit is missing", f"write it like {example}")
    raise UnitError(f"must be {kind}", f"write it like {example}")


def _quantity(value: object, kind: str, example: str) -> tuple[float, str]:
    """Number and unit text of a value, the unit empty for a bare number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value), ""
    match = _QUANTITY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise UnitError(f"must be {kind}", f"write it like {example}")
    return _finite(match[1]), match[2] or ""


def _measure(value: object, units: Mapping[str, float], kind: str, example: str) -> float:
    number, unit = _quantity(value, kind, example)
    if not unit and number != 0:
        raise UnitError(f"must be {kind}; the unit is missing", f"write it like {example}")
    factor = _factor(unit, units, kind, f"write it like {example}") if unit else 1.0
    return _finite(_not_negative(number) * factor)


def _factor(unit: str, units: Mapping[str, float], kind: str, hint: str) -> float:
    factor = units.get(unit, units.get(unit.lower()))
    if factor is None:
        near = nearest(unit, units)
        raise UnitError(f"must be {kind}; {unit} is no unit of it", f"did you mean {near}?" if near else hint)
    return factor


def _finite(number: str | int | float) -> float:
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise UnitError("must be finite")
    return value


def _not_negative(number: float) -> float:
    if number < 0:
        raise UnitError("must not be negative")
    return number


def _at_most(number: float, limit: float, shown: str) -> float:
    if not number <= limit:
        raise UnitError(f"must be at most {shown}", "check the unit")
    return number
