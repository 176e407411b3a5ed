"""KPIs of cost and carriers."""

from __future__ import annotations

from fulfillsim.kpi import carriers, cost
from fulfillsim.kpi.measure import FamilyKpi, Kpi, RowKpi, RunKpi, always
from fulfillsim.kpi.needs import consolidates, promises

COST: tuple[Kpi, ...] = (
    FamilyKpi("cost", "currency", "lower", "part of the window's cost", always, cost.costs),
    RunKpi("total_cost", "currency", "lower", "sum of the parts of the window's cost", always, cost.total_cost),
    FamilyKpi("cost_per_shipped_order_part", "currency", "lower", "part of the cost per order that left",
              always, cost.cost_parts_per_order),
    RunKpi("cost_per_shipped_order", "currency", "lower", "total cost per order that left: the sum of its parts",
           always, cost.cost_per_order),
)  # fmt: skip

CARRIERS: tuple[Kpi, ...] = (
    FamilyKpi("carrier_cost_part", "currency", "lower",
              "what carriers charge for the parcels that left: rate and each surcharge, which sum to cost.carrier",
              carriers.has_surcharges, carriers.cost_parts),
    FamilyKpi("cost_per_parcel_part", "currency", "lower", "the same per parcel that left",
              carriers.has_surcharges, carriers.cost_parts_per_parcel),
    FamilyKpi("cost_per_parcel", "currency", "lower", "mean price of a parcel, by carrier service",
              carriers.has_choice, carriers.cost_per_parcel),
    FamilyKpi("parcel_share", "share", "neutral", "share of the parcels that left, by carrier service",
              carriers.has_choice, carriers.parcel_shares),
    FamilyKpi("service_on_time", "share", "higher", "carrier_on_time by carrier service",
              carriers.has_choice, carriers.on_time_by_service),
    RowKpi("diverted", "share", "neutral", "parcels that went with another carrier service than the promise rests on",
           lambda world: promises(world) and carriers.has_choice(world), "parcels", carriers.diverted),
    RowKpi("billed_per_weight", "ratio", "lower", "kilograms that carriers bill over those of the scale",
           carriers.bills_otherwise, "parcels", carriers.billed_per_weight),
    RunKpi("consolidated", "share", "higher", "parts of split orders that left the dock together with others",
           consolidates, carriers.consolidated),
    RunKpi("consolidation_wait", "h", "lower", "wait of parts of split orders at the dock for each other",
           consolidates, carriers.consolidation_wait),
    RunKpi("consignment_saving", "currency", "higher",
           "what parcels of one order cost less because carriers rated them as one",
           carriers.rates_consignments, carriers.consignment_saving),
    RowKpi("n_damaged", "parcels", "lower", "left in the window and came damaged",
           carriers.damages, "parcels", carriers.n_damaged),
    FamilyKpi("commitment_shortfall", "parcels", "lower", "missing from what a carrier was promised for its weeks",
              carriers.commits, carriers.commitment_shortfall),
    RowKpi("carton_fill", "share", "higher", "volume of goods over that of their cartons",
           carriers.has_cartons, "parcels", carriers.carton_fill),
    FamilyKpi("carton_share", "share", "neutral", "share of the parcels that left, by carton (none: goods as they are)",
              carriers.has_cartons, carriers.carton_shares),
)  # fmt: skip
