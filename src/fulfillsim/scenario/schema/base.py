"""What all sections share: the strictness of models, names, whole days, and values by weekday or hour."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StringConstraints, WithJsonSchema

from fulfillsim.scenario.dates import weekdays
from fulfillsim.scenario.fields import Day, Weekdays
from fulfillsim.scenario.units import DAY_S, UnitError, duration_s

T = TypeVar("T")
MAX_DAYS = 20_000


class Section(BaseModel):
    """Part of a scenario: unknown keys are faults, values never change."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_default=True,
        allow_inf_nan=False,
        defer_build=True,
        arbitrary_types_allowed=True,
    )


def usually(written: Any, /, **details: Any) -> Any:
    """Field with a default, which stands as in a file and is read like one; ``details`` as of pydantic's Field."""
    return Field(default=written, **details)


def listed(value: Any) -> Any:
    """A value alone as the only one of a list."""
    return value if isinstance(value, list) else [value]


Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^\S(.*\S)?$")]
"""Key of a mapping that bears a name."""
FileName = Annotated[str, StringConstraints(min_length=1), Field(examples=["skus.csv", "book.xlsx#stock"])]
"""Table in the scenario's folder: CSV, Parquet, or a sheet of an .xlsx workbook."""


def whole_days(value: object) -> int:
    """Days of "7 days", "2 weeks", 0.

    >>> whole_days("2 weeks")
    14
    """
    seconds = duration_s(value)
    if seconds % DAY_S:
        raise UnitError("must be whole days", "write it like 7 days")
    if seconds > MAX_DAYS * DAY_S:
        raise UnitError(f"must be at most {MAX_DAYS} days", "check the unit")
    return int(seconds // DAY_S)


_DAYS_SCHEMA = {
    "anyOf": [{"type": "string", "pattern": r"^\s*[0-9]+\s*(d|days?|w|weeks?)\s*$"}, {"const": 0}],
    "examples": ["7 days"],
}
WholeDays = Annotated[int, BeforeValidator(whole_days), WithJsonSchema(_DAYS_SCHEMA)]


def no_seconds(value: object) -> object:
    """A budget that is no text: one in seconds would give other figures on another machine."""
    if isinstance(value, str):
        raise UnitError("must be a whole number of steps, never a time", "figures must not depend on the machine")
    return value


NoSeconds = BeforeValidator(no_seconds)
"""A number of whole days."""


def by_weekday(value: object, parse: Callable[[Any], T], default: T) -> tuple[T, ...]:
    """One value per weekday, Monday first, of ``{mon-fri: 1, sat: 0.5}``.

    >>> by_weekday({"mon-fri": 1, "sat": 0.5}, float, 0.0)
    (1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0)
    """
    if not isinstance(value, Mapping):
        raise UnitError("must be a mapping of weekdays", "write it like {mon-fri: ..., sat: ...}")
    found: dict[int, T] = {}
    for key, part in value.items():
        parsed = parse(part)
        for day in weekdays(key):
            if day in found:
                raise UnitError(f"says a weekday twice, the second time in {key}", "name each weekday once")
            found[day] = parsed
    return tuple(found.get(day, default) for day in range(7))


def _factor(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnitError("must be a number for each weekday", "write it like {mon: 1.2, sun: 0}")
    if not 0 <= value <= 1000:
        raise UnitError("must be factors from 0 to 1000", "1 is a usual day")
    return float(value)


WeekdayFactors = Annotated[
    tuple[float, ...],
    PlainValidator(lambda value: by_weekday(value, _factor, 1.0)),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "number", "minimum": 0}}),
]
"""A factor per weekday, Monday first; weekdays left out have 1."""

_HOURS_EXAMPLE = 'write it like {"00-08": 0.5, "08-18": 2, "18-24": 3}'
_HOURS = re.compile(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?")


def hour_weights(value: object) -> tuple[float, ...]:
    """Weight of each hour of a day, shape (24,), of ``{"08-18": 2, "18": 3}``; hours left out have 0.

    >>> hour_weights({"00-12": 1, "23": 4})[11:13], hour_weights({"00-12": 1, "23": 4})[23]
    ((1.0, 0.0), 4.0)
    """
    weights = _by_hour(value)
    if not any(weights.values()):
        raise UnitError("must have a weight above 0", _HOURS_EXAMPLE)
    return tuple(weights.get(hour, 0.0) for hour in range(24))


def _by_hour(value: object) -> dict[int, float]:
    if not isinstance(value, Mapping):
        raise UnitError("must be a mapping of hours", _HOURS_EXAMPLE)
    weights: dict[int, float] = {}
    for key, weight in value.items():
        match = _HOURS.fullmatch(str(key).strip())
        first = int(match[1]) if match else 24
        until = int(match[2]) if match and match[2] else first + 1
        if not 0 <= first < until <= 24:
            raise UnitError(f"must have hours of the day as keys, not {key}", _HOURS_EXAMPLE)
        for hour in range(first, until):
            if hour in weights:
                raise UnitError(f"says hour {hour:02d} twice", "let each hour lie in one key")
            weights[hour] = _factor(weight)
    return weights


def hour_profile(value: object) -> tuple[tuple[float, ...], ...]:
    """Weight of each hour of the week, shape (7, 24): the same for all days, or by weekdays.

    Weekdays are keys above the hours in ``{mon-fri: {"08-18": 1}, sat-sun: {"10-22": 1}}``.
    """
    if isinstance(value, Mapping) and value and not _HOURS.fullmatch(str(next(iter(value))).strip()):
        return by_weekday(value, hour_weights, (0.0,) * 24)
    return (hour_weights(value),) * 7


def speed_factors(value: object) -> tuple[float, ...]:
    """Factor of each hour of a day, shape (24,), > 0; hours left out have 1.

    >>> speed_factors({"07-09": 0.6})[6:10]
    (1.0, 0.6, 0.6, 1.0)
    """
    factors = _by_hour(value)
    if not all(factors.values()):
        raise UnitError("must be factors above 0", "1 is the usual speed, 0.6 a rush hour")
    return tuple(factors.get(hour, 1.0) for hour in range(24))


def speed_profile(value: object) -> tuple[tuple[float, ...], ...]:
    """Factor of each hour of the week, shape (7, 24): the same for all days, or by weekdays."""
    if isinstance(value, Mapping) and value and not _HOURS.fullmatch(str(next(iter(value))).strip()):
        return by_weekday(value, speed_factors, (1.0,) * 24)
    return (speed_factors(value),) * 7


def _of_hours(example: dict[str, float]) -> WithJsonSchema:
    number = {"type": "number", "minimum": 0}
    below = {"anyOf": [number, {"type": "object", "additionalProperties": number}]}
    return WithJsonSchema({"type": "object", "additionalProperties": below, "examples": [example]})


HourProfile = Annotated[
    tuple[tuple[float, ...], ...],
    PlainValidator(hour_profile),
    _of_hours({"00-08": 0.5, "08-18": 2, "18-24": 3}),
]
"""Weights by hour, shape (7, 24); only their proportions within a day count."""
SpeedFactors = Annotated[
    tuple[tuple[float, ...], ...], PlainValidator(speed_profile), _of_hours({"07-09": 0.6, "16-18": 0.7})
]
"""Multiples of a speed by hour, shape (7, 24); hours left out have 1."""


def or_table(schema: dict[str, Any]) -> None:
    """Let a table stand for the needed fields of a section, in its JSON schema."""
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["table"]}]


class Calendar(Section):
    """Days on which somebody works."""

    working_days: Weekdays = usually("mon-sat", description="Weekdays with work.")
    holidays: dict[Day, str] = usually(
        {}, description="Dates without work, and their names: {2026-04-03: Good Friday}."
    )
