"""Formulas of own vans: how far, how full, how punctual, what they cost; and that no parcel is lost on the way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import Scan
from fulfillsim.errors import SimulationError
from fulfillsim.kpi.facts import TOLERANCE_S, Facts
from fulfillsim.kpi.measure import ratio

Ints = NDArray[np.int64]
HOUR_S = 3600.0
PLACES = {
    Scan.PICKED_UP: "van",
    Scan.OUT_FOR_DELIVERY: "van",
    Scan.FAILED_ATTEMPT: "van",
    Scan.AT_DEPOT: "depot",
    Scan.DELIVERED: "customer",
    Scan.LOST: "returned",
}
"""Where a parcel is after its last scan."""


def _routes(facts: Facts) -> Ints:
    """Rows of the routes that began in the window."""
    return np.flatnonzero(facts.inside(facts.column("routes", "start_s")))


def _brings(facts: Facts) -> NDArray[np.bool_]:
    """Stops at which a van came to bring something, not to fetch it."""
    return np.asarray(facts.column("stops", "n_parcel") >= 0)


def _first_attempts(facts: Facts) -> Ints:
    """Rows of the stops of the window at which a van came for the first time."""
    first = facts.column("stops", "n_attempt") == 0
    return np.flatnonzero(first & _brings(facts) & facts.inside(facts.column("stops", "begun_s")))


def fleet_cost(facts: Facts) -> float:
    """Kilometres, drivers' hours, overtime and vans used of the routes of the window."""
    return float(facts.column("routes", "cost")[_routes(facts)].sum())


def km_per_order(facts: Facts) -> float:
    """Kilometres over the stops at which somebody opened."""
    brought = facts.inside(facts.column("stops", "begun_s")) & (facts.column("stops", "opened") > 0) & _brings(facts)
    return ratio(facts.column("routes", "distance_m")[_routes(facts)].sum() / 1000.0, brought.sum())


def cost_per_stop(facts: Facts) -> float:
    """Cost of the routes over their stops."""
    rows = _routes(facts)
    return ratio(facts.column("routes", "cost")[rows].sum(), facts.column("routes", "n_stops")[rows].sum())


def stops_per_route(facts: Facts) -> float:
    """Doors of a route on average."""
    rows = _routes(facts)
    return ratio(facts.column("routes", "n_stops")[rows].sum(), len(rows))


def in_window(facts: Facts) -> float:
    """Share of first attempts begun between the opening and the close of the promised hours."""
    rows = _first_attempts(facts)
    begun_s = facts.column("stops", "begun_s")[rows]
    opened = begun_s >= facts.column("stops", "opens_s")[rows] - TOLERANCE_S
    return ratio((opened & (begun_s <= facts.column("stops", "closes_s")[rows] + TOLERANCE_S)).sum(), len(rows))


def failed_attempts(facts: Facts) -> float:
    """Share of stops at which nobody opened."""
    rows = facts.inside(facts.column("stops", "begun_s"))
    return ratio((rows & (facts.column("stops", "opened") == 0)).sum(), rows.sum())


def vans_used(facts: Facts) -> float:
    """Vans on the road on a day of the window on average, days without any left out."""
    rows = _routes(facts)
    day = facts.run.day_of(facts.column("routes", "start_s")[rows])
    pairs = np.unique(np.stack([day, facts.index("routes", "van")[rows]], axis=1), axis=0)
    return ratio(len(pairs), len(np.unique(day)))


def overtime_hours(facts: Facts) -> float:
    """Hours on the road after the end of shifts."""
    return float(facts.column("routes", "overtime_s")[_routes(facts)].sum()) / HOUR_S


def handed_over(facts: Facts) -> float:
    """Share of the parcels meant for own vans that carriers took instead, by when they went out or were handed over."""
    out = facts.inside(facts.column("outsourced", "time_s")).sum()
    return ratio(out, out + facts.inside(facts.column("loads", "departed_s")).sum())


def fleet_places(facts: Facts) -> dict[int, str]:
    """Row of ``parcels`` -> where each parcel that a van of ours has taken out is at the end of the run.

    ``customer``, ``returned``, ``van`` (on the road when the clock stopped) or ``depot`` (waits to go again). Parcels
    that were on their way when the run began are left out: their vans are not of this run.
    """
    fleet = facts.world.delivery.fleet if facts.world.delivery is not None else None
    lanes = [slot.lane for slot in fleet.slots] if fleet is not None else []
    own = np.flatnonzero(np.isin(facts.index("parcels", "carrier_service"), lanes))
    last = np.full(len(facts.index("parcels", "order")), -1, np.int64)
    last[facts.index("scans", "parcel")] = facts.index("scans", "kind")  # of several the last one stays
    return {int(row): PLACES[Scan(int(last[row]))] for row in own if last[row] >= 0}


def check_fleet(facts: Facts) -> None:
    """Pass if every parcel that a van took out is delivered, returned or at a named place, and its stops agree.

    Raises
    ------
    SimulationError
        Naming the first parcel at fault.
    """
    if facts.world.delivery is None or facts.world.delivery.fleet is None:
        return
    most = facts.world.delivery.fleet.n_attempts
    order, delivered_s = facts.index("parcels", "order"), facts.column("parcels", "delivered_s")
    brought = _count(facts, facts.column("stops", "opened") > 0)
    failed = _count(facts, facts.column("stops", "opened") == 0)
    places = fleet_places(facts)
    n_parcels: dict[int, int] = {}
    for row in places:
        n_parcels[int(order[row])] = n_parcels.get(int(order[row]), 0) + 1
    for row, place in places.items():
        number = int(order[row])
        if n_parcels[number] > 1:
            continue  # stops of an order in pieces are those of several parcels
        is_there = bool(np.isfinite(delivered_s[row]))
        if is_there != (place == "customer") or brought.get(number, 0) != int(is_there):
            rule = f"stands at {place}, but {brought.get(number, 0)} stops handed it over"
            raise SimulationError(rule, None, f"parcel {row} of order {number}")
        if failed.get(number, 0) > most or (place == "returned" and failed.get(number, 0) != most):
            rule = f"was tried in vain {failed.get(number, 0)} times of at most {most}, and stands at {place}"
            raise SimulationError(rule, None, f"parcel {row} of order {number}")


def _count(facts: Facts, which: NDArray[np.bool_]) -> dict[int, int]:
    rows, counts = np.unique(facts.index("stops", "order")[which & _brings(facts)], return_counts=True)
    return dict(zip(rows.tolist(), counts.tolist(), strict=True))
