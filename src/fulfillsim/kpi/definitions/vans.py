"""KPIs of own vans."""

from __future__ import annotations

from fulfillsim.kpi import fleet
from fulfillsim.kpi.measure import Kpi, RunKpi
from fulfillsim.kpi.needs import drives, outsources

FLEET: tuple[Kpi, ...] = (
    RunKpi("fleet_in_window", "share", "higher", "first attempts of own vans begun within the promised hours",
           drives, fleet.in_window),
    RunKpi("fleet_km_per_order", "km", "lower", "kilometres of own vans per parcel handed over",
           drives, fleet.km_per_order),
    RunKpi("fleet_stops_per_route", "stops", "higher", "doors of a route", drives, fleet.stops_per_route),
    RunKpi("fleet_vans_used", "vans", "lower", "own vans on the road on a day with routes", drives, fleet.vans_used),
    RunKpi("fleet_cost_per_stop", "currency", "lower", "cost of own vans per door", drives, fleet.cost_per_stop),
    RunKpi("fleet_failed_attempts", "share", "lower", "doors at which nobody opened", drives, fleet.failed_attempts),
    RunKpi("fleet_overtime_hours", "h", "lower", "own vans on the road after the shift", drives, fleet.overtime_hours),
    RunKpi("fleet_handed_over", "share", "neutral", "parcels meant for own vans that carriers took instead, for less",
           outsources, fleet.handed_over),
)  # fmt: skip
