"""The parsers of ``units`` and ``dates`` as pydantic types, so that a schema reads like the file it describes.

Validated values are base units; the JSON schema shows what a person writes, with a pattern and examples
that editors check and complete. A refusal is a ``UnitError``, which pydantic keeps in its
error's context. Defaults are best written as in a file, in a model with ``validate_default``, so that
editors and the generated reference show them with their unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import partial, wraps
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from fulfillsim.scenario import dates, units
from fulfillsim.scenario.dates import Span
from fulfillsim.scenario.units import Money, UnitError, WorkingDays


def _above_zero(parser: Callable[[Any], float]) -> Callable[[Any], float]:
    @wraps(parser)
    def parse(value: Any) -> float:
        number = parser(value)
        if not number > 0:
            raise UnitError("must be more than 0")
        return number

    return parse


def _text(pattern: str, *examples: str, zero: bool = False) -> WithJsonSchema:
    schema: dict[str, Any] = {
        "type": "string",
        "pattern": rf"^\s*({pattern})\s*$",
        "examples": list(examples),
    }
    return WithJsonSchema({"anyOf": [schema, {"const": 0}]} if zero else schema)


def _one_of(words: Iterable[str]) -> str:
    return f"({'|'.join(sorted(words, key=len, reverse=True))})"


_NUMBER = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?"
_PIECE = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_CLOCK = r"([01]?[0-9]|2[0-4]):[0-5][0-9](:[0-5][0-9])?"
_DAY = r"([mM]on|[tT]ue|[wW]ed|[tT]hu|[fF]ri|[sS]at|[sS]un)[a-z]*"
_DAYS = rf"{_DAY}(\s*-\s*{_DAY})?"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CURRENCY = r"([A-Z]{3}|€|\$|£)"
_WORKING = r"[0-9]+\s*(wd|working days?)"
_DURATION = rf"({_PIECE}\s*{_one_of(units.DURATIONS)}\s*)+"
_TIMES = ("45s", "15 min", "1h30m", "2 days")


def _measure(known: Iterable[str], *examples: str) -> WithJsonSchema:
    return _text(rf"{_NUMBER}\s*{_one_of(known)}", *examples, zero=True)


def _money(per: str, example: str) -> tuple[PlainValidator, WithJsonSchema]:
    slash = rf"\s*/\s*{per}" if per else ""
    parser = PlainValidator(partial(units.money, per=per))
    return parser, _text(rf"{_NUMBER}\s*{_CURRENCY}{slash}", example, zero=True)


Duration = Annotated[float, BeforeValidator(units.duration_s), _text(_DURATION, *_TIMES, zero=True)]
"""Seconds, >= 0."""
PositiveDuration = Annotated[float, BeforeValidator(_above_zero(units.duration_s)), _text(_DURATION, *_TIMES)]
"""Seconds, > 0."""
Days = Annotated[WorkingDays, PlainValidator(units.working_days), _text(_WORKING, "3 working days")]
"""Working days of a calendar."""
LeadTime = Annotated[
    float | WorkingDays,
    PlainValidator(units.lead_time),
    _text(rf"{_WORKING}|{_DURATION}", "3 working days", "36 h", zero=True),
]
"""Seconds, or working days of a calendar."""
ClockTime = Annotated[float, BeforeValidator(dates.clock_s), _text(_CLOCK, "14:00")]
"""Seconds since local midnight, 0 to 86400."""
DaySpan = Annotated[Span, PlainValidator(dates.span), _text(rf"{_CLOCK}\s*-\s*{_CLOCK}", "08:00-16:30", "22:00-06:00")]
"""Part of a day, in seconds since local midnight."""
Rate = Annotated[
    float,
    BeforeValidator(units.rate_per_s),
    _text(rf"{_NUMBER}\s*(/|per)\s*{_one_of(units.PER)}", "120/h", "6000/day", zero=True),
]
"""Per second, 0 to 10 million an hour."""
PositiveRate = Annotated[
    float,
    BeforeValidator(_above_zero(units.rate_per_s)),
    _text(rf"{_NUMBER}\s*(/|per)\s*{_one_of(units.PER)}", "120/h", "6000/day"),
]
"""Per second, more than 0, at most 10 million an hour."""
Length = Annotated[float, BeforeValidator(units.length_m), _measure(units.LENGTHS, "2.4 m", "30 cm")]
"""Metres, >= 0."""
Weight = Annotated[float, BeforeValidator(units.weight_kg), _measure(units.WEIGHTS, "1.2 kg", "300 g")]
"""Kilograms, >= 0."""
Volume = Annotated[float, BeforeValidator(units.volume_l), _measure(units.VOLUMES, "2 l", "5000 cm3")]
"""Litres, >= 0."""
Sides = Annotated[
    tuple[float, float, float],
    PlainValidator(units.sides_m),
    _text(rf"{_PIECE}\s*[x×]\s*{_PIECE}\s*[x×]\s*{_PIECE}\s+{_one_of(units.LENGTHS)}", "30 x 20 x 12 cm"),
]
"""Length, width, height in metres, > 0."""
Speed = Annotated[
    float, BeforeValidator(_above_zero(units.speed_m_per_s)), _measure(units.SPEEDS, "1.0 m/s", "3.6 km/h")
]
"""Metres per second, > 0."""
Share = Annotated[
    float,
    BeforeValidator(units.share),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {"type": "string", "pattern": rf"^\s*{_NUMBER}\s*%?\s*$", "examples": ["12 %"]},
            ]
        }
    ),
]
"""Part of 1, 0 to 1."""
Amount = Annotated[Money, *_money("", "2.5 EUR")]
"""Amount of money."""
AmountPerHour = Annotated[Money, *_money("h", "18.50 EUR/h")]
"""Money per hour."""
AmountPerKm = Annotated[Money, *_money("km", "0.12 EUR/km")]
"""Money per kilometre."""
AmountPerKg = Annotated[Money, *_money("kg", "3 EUR/kg")]
"""Money per kilogram."""
Weekdays = Annotated[
    frozenset[int],
    PlainValidator(dates.weekdays),
    _text(rf"daily|{_DAYS}(\s*,\s*{_DAYS})*", "mon-sat", "mon, wed, fri", "daily"),
]
"""Weekdays, Monday 0."""
Day = Annotated[date, PlainValidator(dates.day), _text(_DATE, "2026-03-02")]
"""A date."""
Moment = Annotated[datetime, PlainValidator(dates.moment), _text(rf"{_DATE}([T ]{_CLOCK})?", "2026-03-02T06:00")]
"""Local date and time, without a zone."""
Zone = Annotated[str, BeforeValidator(dates.zone), _text(r"[A-Za-z0-9_+/-]+", "Europe/Berlin", "UTC")]
"""IANA name of a time zone."""
