"""What the operation has to reach: a bound for a KPI, per run, week or day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, PlainValidator, WithJsonSchema

from fulfillsim.scenario.fields import Share
from fulfillsim.scenario.schema.base import Name, Section, usually
from fulfillsim.scenario.units import UnitError


class Bound(NamedTuple):
    """``>=`` or ``<=`` and a value."""

    sense: str
    value: float


def bound(value: object) -> Bound:
    """Bound of ">= 0.98", "<= 2 %".

    >>> bound(">= 98 %")
    Bound(sense='>=', value=0.98)
    """
    match = re.fullmatch(r"\s*(>=|<=)\s*([-+]?\d+(?:\.\d*)?)\s*(%?)\s*", value if isinstance(value, str) else "")
    if match is None:
        raise UnitError("must be a bound", 'write it like ">= 0.98" or "<= 2.5"')
    return Bound(match[1], float(match[2]) / (100 if match[3] else 1))


BoundText = Annotated[
    Bound,
    PlainValidator(bound),
    WithJsonSchema({"type": "string", "pattern": r"^\s*(>=|<=)\s*[-+]?[0-9.]+\s*%?\s*$", "examples": [">= 0.98"]}),
]


def _label(value: object) -> str:
    """Name of a zone, carrier or class; classes of urgency are numbers."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnitError("must be a name", "write it like {carrier: parcelco}")
    return str(value)


def bound_alone(value: Any) -> Any:
    """Let a bound stand for a target that says nothing else."""
    return value if isinstance(value, Mapping | Section) else {"bound": value}


class Target(Section):
    """A bound that a KPI has to keep."""

    bound: BoundText = Field(description='">= 98 %", "<= 2.5".')
    kpi: Name | None = usually(None, description="KPI; the target's name if left out.")
    per: Literal["run", "week", "day"] = usually(
        "run", description="Whose value: of the run, of each week (seven days from the first) or of each day."
    )
    share: Annotated[Share, Field(gt=0)] | None = usually(
        None,
        description="Left out: the expected value keeps the bound. Else a chance: this share of the runs, weeks or "
        "days keeps it.",
    )
    where: dict[Name, Annotated[str, PlainValidator(_label), WithJsonSchema({"type": ["string", "integer"]})]] = (
        usually({}, description="Orders or parcels it is about: {carrier: parcelco}.")
    )
