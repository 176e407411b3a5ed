"""Kits, their bills of material, and the benches at which they are put together."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fulfillsim.scenario.fields import Duration, PositiveDuration
from fulfillsim.scenario.schema.base import FileName, Name, Section, usually
from fulfillsim.scenario.schema.distributions import TimeDistribution
from fulfillsim.scenario.schema.work import DISCIPLINE_HELP, Discipline

Units = Annotated[int, Field(ge=1, le=10**6)]
Make = Literal["to_order", "to_stock"]


class Kit(Section):
    """A SKU of the catalog that is put together from others."""

    components: dict[Name, Units] = usually({}, description="SKU to units of one kit; kits may hold kits.")
    make: Make | None = usually(None, description="As `assembly.make` if left out.")
    time: TimeDistribution | None = usually(None, description="Per kit; `assembly.time` if left out.")
    setup: Duration = usually("0s", description="Per order or work order, beside the kits.")
    bench: Name | None = usually(None, description="Needed where there are several.")
    lead_time: PositiveDuration = usually(
        "1 days", description="From a work order to the shelf as planned: for levels and promises of kits to stock."
    )
    lot: Units = usually(20, description="Most kits of one work order; larger ones are cut.")


class Bench(Section):
    """A station at which kits are put together; a role needs its name as a skill."""

    positions: int | None = usually(
        None, ge=1, le=10**6, description="Orders and work orders that have room at once; the others wait for one."
    )
    discipline: Discipline = usually("priority", description=DISCIPLINE_HELP)


class Assembly(Section):
    """Kits, made to order (components are picked, the bench comes before packing) or to stock (by work orders)."""

    kits: dict[Name, Kit] = usually({}, description="By SKU.")
    table: FileName | None = usually(
        None, description="Bills of material as a table, laid below `kits`: columns kit, component, units."
    )
    make: Make = usually("to_order", description="For the order that asks for it, or by work orders to the shelf.")
    time: TimeDistribution | None = usually(None, description="Per kit that says no other.")
    benches: dict[Name, Bench] = usually({}, description="One called `assembly` with room for all if left out.")
