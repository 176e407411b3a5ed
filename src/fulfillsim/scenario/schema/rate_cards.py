"""What carriers ask for the stops of one day's routes: their rate cards, and what the parcels are like."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from fulfillsim.scenario.fields import Day, Share, Volume, Weight
from fulfillsim.scenario.schema.base import FileName, Name, Section, listed, usually
from fulfillsim.scenario.schema.rates import Rates

VERSION = 1
Distance = Annotated[float, Field(gt=0)]


class CardService(Section):
    """A product of a carrier that stops may go with."""

    rates: Rates = Field(description="Prices by zone and weight, as in a scenario; a zone without one is not served.")
    on_time: Share | dict[Name, Share] = usually(
        1, description="Chance to keep the promise; by zone {north: 85 %}: zones left out are not served."
    )


class RateCards(Section):
    """A file for `fulfillsim solve deliver INSTANCE --carriers FILE`."""

    version: Literal[1] = Field(alias="schema", description="Version of this format.")
    kind: Literal["rate_cards"] = Field(description="Tells it from other files of ours.")
    pickup: Day | None = usually(None, description="When parcels are handed over: which dated rates count.")
    zones: dict[Name, Distance] = usually(
        {},
        description="How far from the first depot a zone goes, {city: 8, region: 60}, in km, of published instances in"
        " their units; left out: all stops are in the zone `all`.",
    )
    weight: Annotated[list[Weight], BeforeValidator(listed)] = usually(
        [], description="Of a unit of demand: 2 kg, or one for each dimension [0 kg, 1 kg]."
    )
    volume: Annotated[list[Volume], BeforeValidator(listed)] = usually([], description="Likewise: 12 l, or [12 l, 0].")
    residential: bool = usually(False, description="Whether doors are private.")
    parcels: FileName | None = usually(
        None,
        description="Table of parcels: columns stop, and any of zone, weight_kg, volume_l, residential; a stop may have"
        " several rows. What it leaves open is as said above.",
    )
    services: dict[Name, CardService] = Field(min_length=1, description="By name, as post/parcel.")
