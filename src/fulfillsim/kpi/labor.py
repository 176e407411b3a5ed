"""Formulas of people: how busy they are, what they get done in an hour, what they are paid.

`fulfillsim.kpi.paid_time` accounts for every paid second. A visit lasts longer by the
indirect share of its worker, so busy / present equals direct / (present - indirect).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import Milestone, ShortPick
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.journeys import Status
from fulfillsim.kpi.measure import ratio
from fulfillsim.kpi.paid_time import account_for

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
HOUR_S = 3600.0


def fulfillment_stations(world: World) -> frozenset[str]:
    """Names of the stations between release and staging, benches included."""
    steps = world.fulfillment.stations if world.fulfillment is not None else frozenset[str]()
    return steps | (world.assembly.stations if world.assembly is not None else frozenset())


def picking_stations(world: World) -> frozenset[str]:
    """Names of the picking zones' stations."""
    return world.fulfillment.picking_stations if world.fulfillment is not None else frozenset()


def agent_stations(world: World) -> frozenset[str]:
    """Names of the stations at which customers call."""
    phones = {c.capture.name for c in world.demand.channels if c.kind == "phone" and c.capture is not None}
    contact = world.communication.contact if world.communication is not None else None
    return frozenset(phones | ({contact.name} if contact is not None else set()))


def _station_mask(facts: Facts, names: frozenset[str]) -> Bools:
    return np.array([station.name in names for station in facts.trace.stations], dtype=np.bool_)


def _house_roles(world: World) -> list[int]:
    """Roles that can serve a fulfillment station; all roles where there is none."""
    names = fulfillment_stations(world)
    serving = [i for i, role in enumerate(world.staff) if any(s.station in names for s in role.skills)]
    return serving if names else list(range(len(world.staff)))


def _by_role(facts: Facts, values: Floats) -> Floats:
    """Sum of a value per worker, by role."""
    return np.asarray(np.bincount(facts.worker_role, values, minlength=len(facts.world.staff)), dtype=np.float64)


def utilization(facts: Facts) -> dict[str, float]:
    """Busy over present by role: breaks and overtime are in neither."""
    account = account_for(facts)
    busy, present = _by_role(facts, account.busy), _by_role(facts, account.present)
    return {role.name: ratio(busy[i], present[i]) for i, role in enumerate(facts.world.staff)}


def station_hours(facts: Facts) -> dict[str, float]:
    """Hours worked at each station, whoever worked there."""
    hours = facts.busy_s.sum(axis=0) / HOUR_S
    return {s.name: float(hours[i]) for i, s in enumerate(facts.trace.stations) if s.staffed}


def paid_hours(facts: Facts) -> dict[str, float]:
    """Paid hours by role: rostered (idle time, paid breaks and paid absence included) and overtime."""
    return _hours_of("paid")(facts)


def _hours_of(part: str) -> Callable[[Facts], dict[str, float]]:
    """Hours of a part of `PaidTime` by role."""

    def hours(facts: Facts) -> dict[str, float]:
        values = _by_role(facts, getattr(account_for(facts), part)) / HOUR_S
        return {role.name: float(values[i]) for i, role in enumerate(facts.world.staff)}

    return hours


idle_hours, indirect_hours = _hours_of("idle"), _hours_of("indirect")
break_hours, absence_hours = _hours_of("breaks"), _hours_of("absence")


def labor_cost(facts: Facts) -> float:
    """Paid hours times wage, idle time included; people of an agency by its rate."""
    rates = {(i, s.name): s.agency.rate_per_h if s.agency else r.wage_per_h
             for i, r in enumerate(facts.world.staff) for s in r.shifts}  # fmt: skip
    per_h = np.array([rates[worker.role, worker.shift] for worker in facts.trace.workers])
    return float(account_for(facts).paid @ per_h) / HOUR_S if len(per_h) else 0.0


def overtime_hours(facts: Facts) -> float:
    """Hours of overtime of all roles."""
    return float(account_for(facts).overtime.sum()) / HOUR_S


def operating_hours(facts: Facts) -> float:
    """Hours of the window in which somebody of the fulfillment roles is rostered."""
    roles = [facts.world.staff[i] for i in _house_roles(facts.world)]
    duties = [(d.start_s, d.end_s) for role in roles for s in role.shifts if s.headcount for d in s.duties]
    if not duties:
        return 0.0
    start_s, end_s = np.array(sorted(duties)).T
    covered_s = np.maximum.accumulate(np.concatenate([[-np.inf], end_s[:-1]]))
    return float(facts.overlap_s(np.maximum(start_s, covered_s), end_s).sum()) / HOUR_S


def throughput_per_operating_hour(facts: Facts) -> float:
    """Orders that left per hour in which the house was staffed."""
    return ratio(len(facts.rows("shipped")), operating_hours(facts))


def house_direct_hours(facts: Facts) -> float:
    """Hours of direct work at the fulfillment stations."""
    at = _station_mask(facts, fulfillment_stations(facts.world))
    return float(facts.direct_s[:, at].sum()) / HOUR_S


def hours_per_order(facts: Facts) -> float:
    """Hours of direct fulfillment work per order that left in the window."""
    return ratio(house_direct_hours(facts), len(facts.rows("shipped")))


def _lines_shipped(facts: Facts) -> float:
    return float(facts.journeys.n_lines[facts.rows("shipped")].sum())


def lines_per_direct_hour(facts: Facts) -> float:
    """Lines that left per hour of direct fulfillment work."""
    return ratio(_lines_shipped(facts), house_direct_hours(facts))


def lines_per_paid_hour(facts: Facts) -> float:
    """Lines that left per paid hour of the roles that can serve fulfillment stations."""
    paid = paid_hours(facts)
    hours = sum(paid[facts.world.staff[i].name] for i in _house_roles(facts.world))
    return ratio(_lines_shipped(facts), hours)


def _tours_done(facts: Facts) -> Ints:
    """Rows of ``tours`` whose picking ended in the window."""
    at_tours = np.array([s.items == "tour" for s in facts.trace.stations], dtype=np.bool_)
    tour = facts.index("tours", "tour")
    ended_s = np.full(int(tour.max(initial=-1)) + 1, -np.inf)
    rows = np.flatnonzero(at_tours[facts.index("visits", "station")])
    np.maximum.at(ended_s, facts.index("visits", "item")[rows], facts.column("visits", "ended_s")[rows])
    return np.flatnonzero(facts.inside(ended_s[tour]))


def pick_rate(facts: Facts) -> float:
    """Lines picked per hour of direct picking work: a result of tours, walking and search, not an input."""
    lines = float(facts.column("tours", "n_lines")[_tours_done(facts)].sum())
    at = _station_mask(facts, picking_stations(facts.world))
    return ratio(lines, float(facts.direct_s[:, at].sum()) / HOUR_S)


def lines_picked(facts: Facts) -> float:
    """Lines of tours that ended in the window."""
    return float(facts.column("tours", "n_lines")[_tours_done(facts)].sum())


def mispicks_per_1000_lines(facts: Facts) -> float:
    """Orders for which wrong goods were taken, found out later or not, per 1,000 lines picked."""
    wrong = facts.column("milestones", "kind") == Milestone.MISPICKED
    n = int((wrong & facts.inside(facts.column("milestones", "time_s"))).sum())
    return 1000.0 * ratio(n, lines_picked(facts))


def shorts_per_1000_lines(facts: Facts) -> float:
    """Lines that were not at their slot and not fetched on the same tour, per 1,000 lines picked."""
    short = facts.column("shorts", "kind") != ShortPick.RESERVE
    return 1000.0 * ratio(int((short & facts.inside(facts.column("shorts", "time_s"))).sum()), lines_picked(facts))


def metres_per_line(facts: Facts) -> float:
    """Metres walked per line picked."""
    done = _tours_done(facts)
    return ratio(facts.column("tours", "distance_m")[done].sum(), facts.column("tours", "n_lines")[done].sum())


def metres_saved_per_line(facts: Facts) -> float:
    """Metres per line picked that batching and routing save against first come, first served on an s-shape.

    What is compared with are tours of as many orders, begun at the same moments, of whom the queue would have served
    first (``tours.usual_m``); where carts could be filled better, the tours that this spares are not counted.
    """
    done = _tours_done(facts)
    saved_m = facts.column("tours", "usual_m")[done] - facts.column("tours", "distance_m")[done]
    return ratio(saved_m.sum(), facts.column("tours", "n_lines")[done].sum())


def orders_per_tour(facts: Facts) -> float:
    """Orders that a picker takes along, on average."""
    done = _tours_done(facts)
    return ratio(facts.column("tours", "n_orders")[done].sum(), len(done))


# --- calls ------------------------------------------------------------------------------------------------------


def _calls(facts: Facts) -> Ints:
    """Rows of ``visits`` of customers who reached the agents' queue in the window; each customer once."""
    at = _station_mask(facts, agent_stations(facts.world))[facts.index("visits", "station")]
    rows = at & facts.inside(facts.column("visits", "queued_s"))
    return np.flatnonzero(rows & ~facts.run.continued)


def calls_answered(facts: Facts) -> float:
    """Customers whom an agent served."""
    return float(np.isfinite(facts.column("visits", "started_s")[_calls(facts)]).sum())


def calls_abandoned(facts: Facts) -> float:
    """Customers who lost patience in the queue."""
    return float(np.isnan(facts.column("visits", "started_s")[_calls(facts)]).sum())


def calls_blocked(facts: Facts) -> float:
    """Customers with an order who found every line busy."""
    return float((facts.journeys.status[facts.rows("closed")] == Status.BLOCKED).sum())


def call_wait(facts: Facts) -> float:
    """Mean seconds until an agent answers."""
    rows = _calls(facts)
    wait_s = facts.column("visits", "started_s")[rows] - facts.column("visits", "queued_s")[rows]
    answered = np.isfinite(wait_s)
    return ratio(wait_s[answered].sum(), answered.sum())
