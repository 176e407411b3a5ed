"""Why an order is late: the one cause that every late order carries.

Late is an order that left after its due departure, or came after its first promise. The rule, in this order:

1. Cancelled by the seller after the promise: ``stock`` or ``refused``.
2. Staged by its due departure, and left behind: ``pickup_skipped`` (the truck did not come), ``pickup_full``, or
   ``carrier_choice`` (it was given to a carrier that leaves later).
3. Staged after its due departure, or not at all: the step with the largest overrun. A step takes the time in which
   the house is staffed (nobody is late because it was night); its plan is the median among orders of the run that left
   in time, and nothing for stock, holds and empty slots. Of equal ones the first along the journey; ``tight_promise``
   where no step took longer than it usually does.
4. Left in time and came late: ``lost``, ``failed_attempt`` (the first attempt was in time) or ``transit``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import ShortPick
from fulfillsim.domain.work_clock import WorkClock, presence
from fulfillsim.kpi.journeys import BY_CUSTOMER, PLACES, Status
from fulfillsim.kpi.labor import fulfillment_stations, picking_stations
from fulfillsim.kpi.slots import has_slots

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.kpi.facts import Run

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
BEFORE = ("receipt", "checks", "hold")
"""Steps before acceptance: they count where the promise counts from placing."""
AFTER = (
    "elsewhere",
    "tight_promise",
    "pickup_full",
    "pickup_skipped",
    "carrier_choice",
    "refused",
    "transit",
    "failed_attempt",
    "lost",
)
ALWAYS = ("stock", "release", *AFTER)
"""Causes that every scenario with promises can have."""
WITHOUT_PLAN = ("stock", "hold", "empty_slot", "elsewhere")
"""Steps that nobody plans time for."""
WAITED = (ShortPick.WAIT, ShortPick.BACKORDER)
"""What may become of a line whose goods lie behind its empty slot, with someone waiting for them."""


@dataclass(frozen=True)
class WhyLate:
    """Which orders are late, and why; arrays of shape (n_orders,).

    Parameters
    ----------
    causes
        Names, in the order of the journey.
    code
        Index into ``causes``, -1 for orders that are not late.
    due_s
        What puts a late order into a window: its due departure if it missed that, else its first promise; else NaN.
    """

    causes: tuple[str, ...]
    code: NDArray[np.int8]
    due_s: Floats


def causes(world: World) -> tuple[str, ...]:
    """Causes that orders of a scenario can have, in the order of the journey."""
    steps = [f"{name}_{what}" for name in _stations(world) for what in ("queue", "work")]
    slots = ("empty_slot",) if has_slots(world) else ()
    return (*(BEFORE if _counts_from_placing(world) else ()), "stock", "release", *slots, *steps, *AFTER)


def _counts_from_placing(world: World) -> bool:
    return world.processing is not None and world.processing.clock_start == "placed"


def _stations(world: World) -> list[str]:
    """Stations of the house, picking first."""
    picking = picking_stations(world)
    return sorted(fulfillment_stations(world), key=lambda name: (name not in picking, name))


def explain(run: Run) -> WhyLate:
    """Find the late orders of a run and the cause of each."""
    j, names = run.journeys, causes(run.world)
    by_customer = np.isin(j.status, BY_CUSTOMER)
    left_late = np.isfinite(j.due_departure_s) & (run.shipment == 0) & ~(by_customer & (j.closed_s < j.due_departure_s))
    came_late = np.isfinite(j.promise_s) & (run.delivery == 0) & ~(by_customer & (j.closed_s < j.promise_s))
    code = np.full(len(j), -1, dtype=np.int8)
    for cause, rows in (*_on_the_way(run, came_late & ~left_late), *_in_the_house(run, left_late)):
        code[rows] = names.index(cause)
    due_s = np.where(left_late, j.due_departure_s, np.where(came_late, j.promise_s, np.nan))
    return WhyLate(names, code, due_s)


def _on_the_way(run: Run, late: Bools) -> Iterator[tuple[str, Bools]]:
    """Orders that left in time and came late."""
    j = run.journeys
    yield "transit", late
    failed = j.failed_attempt & (_last_attempt_s(run) < run.day_end_s(j.promise_s))
    yield "failed_attempt", late & failed
    yield "lost", late & (j.status == Status.LOST)


def _last_attempt_s(run: Run) -> Floats:
    """First attempt of the last parcel of each order."""
    last = np.full(len(run.journeys), -np.inf)
    attempted_s = run.column("parcels", "attempted_s")
    np.maximum.at(last, run.index("parcels", "order"), attempted_s)
    return last


def _in_the_house(run: Run, late: Bools) -> Iterator[tuple[str, Bools]]:
    """Orders that missed their due departure."""
    j = run.journeys
    waits = j.place == PLACES.index("backorder")
    staged = late & (j.staged_s <= j.due_departure_s) & ~waits & ~np.isfinite(j.closed_s)
    rest = late & ~staged
    if rest.any():
        yield from _by_overrun(run, rest)
    yield from _left_behind(run, staged)
    yield "stock", rest & (waits | (j.status == Status.OUT_OF_STOCK))
    yield "refused", rest & (j.status == Status.REFUSED)


def _left_behind(run: Run, staged: Bools) -> Iterator[tuple[str, Bools]]:
    """Orders at the dock in time: what became of their carrier's trucks between staging and the due departure."""
    carrier, time_s = run.index("pickups", "carrier"), run.column("pickups", "time_s")
    left, came = run.column("pickups", "n_left") > 0, run.column("pickups", "came") > 0
    found = {
        name: np.zeros(len(staged), dtype=np.bool_) for name in ("carrier_choice", "pickup_full", "pickup_skipped")
    }
    used = _carrier(run)
    for order in np.flatnonzero(staged).tolist():
        since_s, until_s = run.journeys.staged_s[order], run.journeys.due_departure_s[order]
        trucks = (carrier == used[order]) & (time_s >= since_s) & (time_s <= until_s) & left
        skipped = bool((trucks & ~came).any())
        found["pickup_skipped" if skipped else "pickup_full" if trucks.any() else "carrier_choice"][order] = True
    yield from found.items()


def _carrier(run: Run) -> Ints:
    """Carrier that took each order, or that its promise rests on."""
    used = run.journeys.carrier.copy()
    delivery = run.world.delivery
    if delivery is not None:
        carriers = np.array([service.carrier for service in delivery.services], dtype=np.int64)
        order, lane = run.index("promises", "order")[::-1], run.index("promises", "carrier_service")[::-1]
        planned = np.full(len(used), -1, dtype=np.int64)
        planned[order] = carriers[lane]  # the first promise is written last
        used = np.where(used >= 0, used, planned)
    return used


# --- overruns ---------------------------------------------------------------------------------------------------


def _by_overrun(run: Run, late: Bools) -> Iterator[tuple[str, Bools]]:
    """The step with the largest overrun of each order."""
    steps = _steps(run)
    names = list(steps)
    took_s = np.array([steps[name] for name in names])
    in_time = run.shipment == 1
    plan_s = np.array([_median(steps[name][in_time & (steps[name] > 0)]) for name in names])
    plan_s[[name in WITHOUT_PLAN for name in names]] = 0.0
    over_s = np.where(took_s > 0, took_s - plan_s[:, None], -np.inf)
    worst = np.argmax(over_s, axis=0)
    usual = over_s.max(axis=0) <= 0.0
    yield "tight_promise", late & usual
    for place, name in enumerate(names):
        yield name, late & ~usual & (worst == place)


def _median(values_s: Floats) -> float:
    return float(np.median(values_s)) if len(values_s) else 0.0


def _steps(run: Run) -> dict[str, Floats]:
    """Staffed seconds that each order spent in each step, along the journey; what it still stands in included."""
    j, clock = run.journeys, presence(run.world)
    end_s = run.trace.end_s
    ready_s = j.reallocated_s if run.world.inventory is not None else np.fmax(j.accepted_s, j.cleared_s)
    released_s = np.where(np.isfinite(j.released_s), j.released_s, ready_s)
    steps = _before(run, clock) | {
        "stock": np.where(j.backordered, _spent(clock, j.accepted_s, ready_s), 0.0),
        "release": _spent(clock, ready_s, j.released_s),
    }
    if run.world.inventory is not None and run.world.inventory.shortage == "later":
        steps["stock"][~(ready_s > j.due_departure_s)] = 0.0  # the promise had allowed for the wait
    since_s = _empty_slot_s(run)
    if has_slots(run.world):
        steps["empty_slot"] = _spent(clock, since_s, _goes_on_s(run, since_s))
    steps |= _at_stations(run, clock, released_s, since_s)
    _stand_still(run, clock, steps, ready_s)
    done_s = np.where(np.isfinite(j.staged_s), j.staged_s, end_s)
    known_s = sum(taken for name, taken in steps.items() if name not in (*BEFORE, "stock"))
    steps["elsewhere"] = np.maximum(np.nan_to_num(clock.at(done_s) - clock.at(ready_s)) - known_s - 1.0, 0.0)
    return steps


def _before(run: Run, clock: WorkClock) -> dict[str, Floats]:
    """Steps before acceptance, where they use up the promise."""
    j = run.journeys
    if not _counts_from_placing(run.world):
        return {}
    checked = _spent(clock, j.received_s, j.cleared_s)
    return {
        "receipt": _spent(clock, j.placed_s, j.received_s),
        "checks": np.where(j.held, 0.0, checked),
        "hold": np.where(j.held, checked, 0.0),
    }


def _empty_slot_s(run: Run) -> Floats:
    """Since when each order waits at an empty slot with its goods in the building; NaN where it never did."""
    kind, units = run.column("shorts", "kind"), run.column("shorts", "units")
    waits = np.isin(kind, WAITED) & (run.column("shorts", "in_building") >= units)
    since_s = np.full(len(run.journeys), np.nan)
    np.fmin.at(since_s, run.index("shorts", "order")[waits], run.column("shorts", "time_s")[waits])
    return since_s


def _goes_on_s(run: Run, since_s: Floats) -> Floats:
    """Begin of the last tour of each order that set out later than a moment of its own; else the end of the run."""
    tours = [index for index, station in enumerate(run.trace.stations) if station.items == "tour"]
    rows = np.flatnonzero(
        np.isin(run.index("visits", "station"), tours) & np.isfinite(run.column("visits", "started_s"))
    )
    begun_s, ended_s = (run.column("visits", column)[rows] for column in ("started_s", "ended_s"))
    order, begun_s, _ = _by_order(run, run.index("visits", "item")[rows], begun_s, ended_s)
    found = np.full(len(since_s), -np.inf)
    later = begun_s >= since_s[order]
    np.maximum.at(found, order[later], begun_s[later])
    return np.where(np.isfinite(found), found, run.trace.end_s)


def _at_stations(run: Run, clock: WorkClock, released_s: Floats, since_s: Floats) -> dict[str, Floats]:
    """Queue and work at each station of the house; from ``since_s`` on an order waits at a slot, not for a picker."""
    found: dict[str, Floats] = {}
    places = {station.name: (index, station.items) for index, station in enumerate(run.trace.stations)}
    for name in _stations(run.world):
        if name not in places:
            continue
        index, items = places[name]
        here = [index, places.get(f"{name}_position", (index,))[0]]  # who waits for a position waits for the station
        rows = np.flatnonzero(
            np.isin(run.index("visits", "station"), here)
            & np.isfinite(run.column("visits", "started_s"))
            & (run.index("visits", "item") >= 0)  # below are work orders and the like, which no customer waits for
        )
        visits = [run.column("visits", column)[rows] for column in ("queued_s", "started_s", "ended_s")]
        item = run.index("visits", "item")[rows]
        if items == "tour":
            order, visits = _of_tours(run, item, visits, released_s, since_s)
        else:
            order = item
        queued, started, ended = (clock.at(times_s) for times_s in visits)
        found[f"{name}_queue"] = _sum_by(order, np.maximum(started - queued, 0.0), len(run.journeys))
        found[f"{name}_work"] = _sum_by(order, ended - started, len(run.journeys))
    return found


def _sum_by(order: Ints, values: Floats, n: int) -> Floats:
    return np.asarray(np.bincount(order, values, minlength=n), dtype=np.float64)


def _of_tours(
    run: Run, tour: Ints, visits: list[Floats], released_s: Floats, since_s: Floats
) -> tuple[Ints, list[Floats]]:
    """Visits of the orders on tours: they wait from their release to the begin of the tour."""
    order, begun_s, ended_s = _by_order(run, tour, *visits[1:])
    again = begun_s >= since_s[order]
    return order, [np.where(again, begun_s, np.fmin(released_s[order], begun_s)), begun_s, ended_s]


def _by_order(run: Run, tour: Ints, begun_s: Floats, ended_s: Floats) -> tuple[Ints, Floats, Floats]:
    """Orders on tours, with the begin and the end of their tour, all its pieces together."""
    n_tours = int(run.index("tour_orders", "tour").max(initial=-1)) + 1
    first_s, last_s = np.full(n_tours, np.inf), np.full(n_tours, -np.inf)
    np.minimum.at(first_s, tour, begun_s)
    np.maximum.at(last_s, tour, ended_s)
    here = np.isfinite(first_s[run.index("tour_orders", "tour")])
    order, of = run.index("tour_orders", "order")[here], run.index("tour_orders", "tour")[here]
    return order, first_s[of], last_s[of]


def _stand_still(run: Run, clock: WorkClock, steps: dict[str, Floats], ready_s: Floats) -> None:
    """Add to orders that never came to the dock the time since their last known moment, where they stand."""
    j = run.journeys
    last_s = np.fmax(np.fmax(ready_s, j.released_s), j.picked_s)
    stood = _spent(clock, last_s, np.full(len(j), run.trace.end_s))
    queues = [name for name in steps if name.endswith("_queue")]
    picking = [name for name in queues if name.removesuffix("_queue") in picking_stations(run.world)]
    later = [name for name in queues if name not in picking]
    where = {"release": ["release"], "picking": picking or later, "packing": later}
    for place, stations in where.items():
        here = (j.place == PLACES.index(place)) & (j.status == Status.OPEN)
        passed = np.zeros(len(j), dtype=np.bool_)
        for name in stations:
            begun = steps.get(name.replace("_queue", "_work"), np.zeros(len(j))) > 0
            steps[name] = steps[name] + np.where(here & ~begun & ~passed, stood, 0.0)
            passed |= ~begun


def _spent(clock: WorkClock, since_s: Floats, until_s: Floats) -> Floats:
    """Staffed seconds between two moments, 0 where one of them did not happen."""
    return np.maximum(np.nan_to_num(clock.at(until_s) - clock.at(since_s)), 0.0)
