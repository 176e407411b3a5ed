"""Rate cards: prices by zone and weight, dimensional weight, surcharges with their dates."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from fulfillsim.scenario.fields import Amount, AmountPerKg, Day, Share, Weight
from fulfillsim.scenario.schema.base import FileName, Name, Section, usually
from fulfillsim.scenario.schema.listed import RATE_FORMAT

COLUMNS = ("zone", "above_kg", "up_to_kg", "price", "per_kg", "minimum", "from", "until")
"""What a column of a rate table may mean."""


class Surcharge(Section):
    """What is added to the rate: a share of it, or an amount per parcel or per billed kilogram."""

    share: Share | None = usually(None, description="Of the rate, as for fuel: 12 %.")
    per_parcel: Amount | None = usually(None, description="For each parcel.")
    per_kg: AmountPerKg | None = usually(None, description="For each billed kilogram.")
    residential: bool = usually(False, description="Whether it counts at private doors only.")
    since: Day | None = usually(None, alias="from", description="First day of pickups on which it counts.")
    until: Day | None = usually(None, description="Last day.")


class RateTable(Section):
    """Prices by zone and weight."""

    zones: dict[Name, dict[Weight, Amount]] = usually(
        {}, description='{north: {"1 kg": 4.10 EUR}}; the zone `all` stands for those not named.'
    )
    file: FileName | None = usually(
        None,
        description="Instead: columns zone, up_to_kg, price, and any of above_kg, per_kg, minimum, from, until (days).",
    )
    format: Annotated[str, RATE_FORMAT] = usually("plain", description="Names of the file's columns that are usual.")
    columns: dict[Name, Name] = usually({}, description="Other names: {zone: dest_port, up_to_kg: max_weight}.")
    where: dict[Name, str | int | float] = usually(
        {}, description="Rows that count, by column of the file: {Carrier: V444_0}."
    )
    places: dict[Name, Name] = usually({}, description="Zone of this scenario by what the file calls it.")
    close_gaps: Weight = usually("0 kg", description="A band that begins so little above the last one joins it.")
    extra_per_kg: AmountPerKg = usually(0, description="For each started kilogram above the last weight.")
    heaviest: Weight | None = usually(None, description="What is heavier is not carried; left out: anything is.")
    divisor: Annotated[float, Field(gt=0, le=100_000)] | None = usually(
        None, description="Cubic centimetres that count as a kilogram, usually 5000; left out: only the scale counts."
    )
    step: Weight = usually("0 kg", description="Billed weights are rounded up to multiples of it.")
    minimum: Amount = usually(0, description="The least that a parcel costs, surcharges apart.")
    per: Literal["parcel", "consignment"] = usually(
        "parcel", description="consignment: parcels of an order that leave together are rated as one, by their sum."
    )
    surcharges: dict[Name, Surcharge] = usually(
        {}, description="{fuel: {share: 12 %}, peak: {per_parcel: 0.80 EUR, from: 2026-11-23, until: 2026-12-24}}"
    )


def file_alone(value: Any) -> Any:
    """A file's name stands for a table of which nothing else is said."""
    return {"file": value} if isinstance(value, str) else value


Rates = Annotated[RateTable, BeforeValidator(file_alone)]
