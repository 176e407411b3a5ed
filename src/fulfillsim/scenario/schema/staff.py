"""People: roles, shifts, breaks, skills, wages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from fulfillsim.scenario.dates import Span, span
from fulfillsim.scenario.fields import AmountPerHour, DaySpan, Share, Weekdays
from fulfillsim.scenario.schema.base import FileName, Name, Section, usually
from fulfillsim.scenario.units import DAY_S


def _rank_alone(value: Any) -> Any:
    return {"rank": value} if isinstance(value, int) and not isinstance(value, bool) else value


def _span_alone(value: Any) -> Any:
    return value if isinstance(value, Mapping | Section) else {"at": value}


def _hours(value: object) -> Span | None:
    return None if value == "always" else span(value)


ShiftHours = Annotated[
    Span | None,
    PlainValidator(_hours),
    WithJsonSchema({"type": "string", "examples": ["06:00-14:00", "22:00-06:00", "always"]}),
]
"""Part of a day, over midnight where it ends before it begins; None for ``always``."""


class Skill(Section):
    """That a role can serve a station."""

    rank: int = usually(1, ge=1, le=100, description="Preference, 1 first.")
    speed: float = usually(1.0, gt=0, le=100, description="1 is standard; 0.5 takes twice as long.")


class Break(Section):
    """A pause in a shift."""

    at: DaySpan = Field(description="From and until: 10:00-10:30.")
    paid: bool = usually(True, description="Whether it counts as paid time.")


class Shift(Section):
    """People who come and go together."""

    hours: ShiftHours = Field(description='"06:00-14:00", over midnight "22:00-06:00", or always.')
    days: Weekdays | None = usually(None, description="Weekdays on which it begins; the warehouse's by default.")
    holidays: bool = usually(False, description="Whether it works on the warehouse's holidays.")
    headcount: int = Field(ge=0, le=100_000, description="People.")
    breaks: dict[Name, Annotated[Break, BeforeValidator(_span_alone)]] = usually({}, description="{lunch: 10:00-10:30}")

    def span_of(self, pause: Break) -> Span:
        """The pause on the shift's own time line, where the next day's hours go on after 24."""
        start = self.hours.from_s if self.hours else 0.0
        shift = DAY_S if pause.at.from_s < start else 0.0
        return Span(pause.at.from_s + shift, pause.at.until_s + shift)


class ShiftTable(Section):
    """Shifts from a sheet, laid below those that `staff` says itself."""

    table: FileName = Field(
        description="A row per shift: role, shift, headcount, hours (or from and until), and any of days, breaks "
        '("lunch 12:00-12:30, 15:00-15:15 unpaid"), holidays. The roles stand in `staff`.',
    )


class Role(Section):
    """People alike in skills and wage."""

    skills: dict[Name, Annotated[Skill, BeforeValidator(_rank_alone)]] = usually(
        {}, description="Station to rank: {picking: 1, packing: {rank: 2, speed: 0.9}}."
    )
    shifts: dict[Name, Shift] = usually({}, description="By name.")
    wage: AmountPerHour = usually(0, description="Per paid hour.")
    indirect: Annotated[Share, Field(lt=1)] = usually(
        0, description="Share of paid time for work that belongs to no order; usually 8 %."
    )
    at_break: Literal["finish", "hand_over"] = usually(
        "finish", description="Work in hand when a break or the shift's end comes."
    )
