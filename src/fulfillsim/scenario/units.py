"""How people write quantities, and the base unit each becomes: seconds, metres, kilograms, litres.

Every parser takes what stood in the file (text, or a number where YAML saw one) and returns the base
value, or raises :class:`UnitError` with the rule and, apart from it, how to write it. A bare number is
refused where a unit is needed, 0 excepted. The pydantic types of these are in ``scenario/fields.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from fulfillsim.errors import nearest

DAY_S = 86_400.0


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


def sides_m(value: object) -> tuple[float, float, float]:
    """Length, width, height in metres of "30 x 20 x 12 cm".

    >>> sides_m("30 x 20 x 12 cm")
    (0.3, 0.2, 0.12)
    """
    example = "write it like 30 x 20 x 12 cm"
    words = value.replace("×", "x").split() if isinstance(value, str) else []
    numbers = "".join(words[:-1]).split("x") if len(words) > 1 else []
    if len(numbers) != 3:
        raise UnitError("must be three sides and their unit", example)
    first, second, third = (length_m(f"{number} {words[-1]}") for number in numbers)
    if not min(first, second, third) > 0:
        raise UnitError("must have sides above 0", example)
    return first, second, third


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
