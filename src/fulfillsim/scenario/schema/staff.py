"""People: roles, shifts, breaks, skills, wages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from fulfillsim.scenario.dates import Span, span
from fulfillsim.scenario.fields import AmountPerHour, Day, DaySpan, Duration, Share, Weekdays
from fulfillsim.scenario.schema.base import FileName, Name, Section, usually
from fulfillsim.scenario.schema.distributions import TimeDistribution
from fulfillsim.scenario.schema.listed import ASSIGNMENT
from fulfillsim.scenario.units import DAY_S


def _rank_alone(value: Any) -> Any:
    return {"rank": value} if isinstance(value, int) and not isinstance(value, bool) else value


def _learning_alone(value: Any) -> Any:
    return value if isinstance(value, Mapping | Section) or value is None else {"start": value}


def _share_alone(value: Any) -> Any:
    return value if isinstance(value, Mapping | Section) or value is None else {"share": value}


def _most_alone(value: Any) -> Any:
    return value if isinstance(value, Mapping | Section) or value is None else {"at_most": value}


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


class Learning(Section):
    """How people get better the longer they are there."""

    start: Annotated[Share, Field(gt=0)] = usually("60 %", description="Speed on the first day.")
    full_after: Duration = usually("4 weeks", description="Until full speed, evenly.")
    errors: float = usually(1.0, ge=1, le=1000, description="Wrong picks on the first day, times the usual.")
    tenure: TimeDistribution | None = usually(
        None, description="Time that people have been there at the start, one draw per person; all new if left out."
    )


class Absence(Section):
    """People who do not come."""

    share: Annotated[Share, Field(lt=1)] = Field(description="Chance of a person on a day, usually 6 %.")
    correlation: Annotated[Share, Field(lt=1)] = usually(0, description="Shared by all of the role on a day (the flu).")
    paid: bool = usually(True, description="Whether it is paid.")


class Agency(Section):
    """People of an agency, called when there is work."""

    rate: AmountPerHour = Field(description="Per hour worked.")
    notice: Duration | None = usually(None, description="Decided so long before the shift.")
    orders_per_head: float = usually(100, gt=0, description="One is called for so many orders that wait then.")
    learning: Annotated[Learning, BeforeValidator(_learning_alone)] = usually(
        {}, description="From the first day on which somebody comes: 60 %, full after 4 weeks."
    )


class Overtime(Section):
    """Who stays, and who may go early; looked at every quarter of an hour."""

    at_most: Duration = usually("2h", description="Stay while orders due today are open, at most so long.")
    home_after: Duration | None = usually(
        None, description="Idle people go home, unpaid, after so long in the shift when nothing due today is open."
    )


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
    heads: dict[Day, Annotated[int, Field(ge=0, le=100_000)]] = usually(
        {}, description="People on certain dates, instead: {2026-03-06: 12}."
    )
    agency: Agency | None = usually(None, description="People of an agency, who come only when called.")
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


class RosterTable(Section):
    """Who is planned for each day from a sheet, laid below what `staff` says itself."""

    table: FileName | None = usually(
        None, description="A row per date, role and shift, with heads; the shifts stand in `staff`."
    )
    others: Literal["usual", "nobody"] = usually(
        "usual", description="People on days of the sheet for which a shift has no row: its headcount, or nobody."
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
    assignment: Annotated[str, ASSIGNMENT] = usually(
        "preference", description="Where to go when two or more stations have work."
    )
    absence: Annotated[Absence, BeforeValidator(_share_alone)] | None = usually(None, description="6 %, or in parts.")
    learning: Annotated[Learning, BeforeValidator(_learning_alone)] | None = usually(
        None, description="Speed and errors of new people: 60 %, or in parts."
    )
    spread: float = usually(0.0, ge=0, le=3, description="Of people's speed (cv).")
    overtime: Annotated[Overtime, BeforeValidator(_most_alone)] | None = usually(
        None, description="2h, or in parts with rules for going home early."
    )
    at_break: Literal["finish", "hand_over"] = usually(
        "finish", description="Work in hand when a break or the shift's end comes."
    )
