"""Checks, holds and promises between receipt and acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from fulfillsim.scenario.dates import clock_s
from fulfillsim.scenario.fields import Days, Duration, Share
from fulfillsim.scenario.schema.base import Name, Section, by_weekday, usually
from fulfillsim.scenario.schema.distributions import TimeDistribution
from fulfillsim.scenario.schema.listed import PROMISE
from fulfillsim.scenario.schema.work import DISCIPLINE_HELP, Discipline, Work


def _cutoffs(value: Any) -> tuple[float | None, ...]:
    return by_weekday(value, clock_s, None) if isinstance(value, Mapping) else (clock_s(value),) * 7


Cutoff = Annotated[
    tuple[float | None, ...],
    PlainValidator(_cutoffs),
    WithJsonSchema({"type": ["string", "object"], "examples": ["14:00", {"mon-fri": "14:00", "sat": "11:00"}]}),
]
"""Clock time per weekday, Monday first; None on weekdays without a cutoff."""


class Terms(Section):
    """What customers are promised, and who delivers it."""

    cutoff: Cutoff = usually("14:00", description="Latest time for the day's departures, or by weekday.")
    handling: Days = usually("0 working days", description="Warehouse days between cutoff and departure.")
    promise: Annotated[str, PROMISE] = usually(
        "cutoff_quote",
        description="Cutoff plus the carrier's quote, a fixed number of days, the date kept with a chance, or cutoff "
        "and quote behind the present backlog.",
    )
    days: int | None = usually(None, ge=0, le=100, description="fixed_days: working days.")
    kept: Annotated[Share, Field(gt=0)] = usually("95 %", description="quantile: chance with which it is to be kept.")
    path_time: TimeDistribution | None = usually(
        None,
        description="quantile: from acceptance to the dock, counted while the house is staffed; left out: as orders of "
        "this run took so far.",
    )
    carriers: dict[Name, bool] = usually(
        {},
        description="Carrier services that may serve it: {parcelco/ground: true}, or {parcelco: true} if the carrier "
        "has one; false rules one out; all if left out.",
    )


class Service(Terms):
    """What customers may ask for."""

    share: Share = usually(1, description="Share of orders; all services sum to 1.")


class Manual(Section):
    """Clerks for what the automatic check cannot decide: station `verification`."""

    time: Work = Field(description="Per order.")
    share: Share = usually(0, description="Chance that an order needs a clerk though nothing is wrong.")
    discipline: Discipline = usually("fifo", description=DISCIPLINE_HELP)


class Hold(Section):
    """A reason for which orders wait: payment, fraud, credit."""

    share: Share = Field(description="Chance that it strikes an order.")
    duration: TimeDistribution = Field(description="Until it clears.")
    cancel: Share = usually(0, description="Chance that a held order is cancelled.")
    channels: dict[Name, bool] = usually({}, description="Channels that it may strike; all if left out.")


class Processing(Section):
    """From receipt to acceptance."""

    automatic: Duration = usually("0s", description="Delay of the automatic check.")
    manual: Manual | None = usually(None, description="Clerks.")
    catch: Share = usually(0, description="Chance that a capture error is caught.")
    address_share: Share = usually(0.5, description="Of capture errors, those in the address.")
    duplicates: Share = usually(0, description="Chance that an order is an accidental duplicate.")
    instructions_refused: Share = usually(0, description="Chance that a special instruction cannot be met.")
    conflict: Literal["change_service", "cancel"] = usually(
        "change_service", description="Goods that the requested service may not carry."
    )
    holds: dict[Name, Hold] = usually({}, description="By name.")
    clock_start: Literal["placed", "payment_cleared", "accepted"] = usually(
        "payment_cleared", description="Moment from which the promise counts."
    )
