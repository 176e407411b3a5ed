"""A delivery instance as the arrays that compiled kernels read, and a plan under construction as those they write.

Figures stay floats; conventions with integer distances stay exact, because doubles hold integers up to 2**53.
"""

from __future__ import annotations

from math import ceil, inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.delivery.instance import DeliveryInstance, Vehicle
from fulfillsim.optim.delivery.plan import Route, Routes

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

SLOT_LIMIT = 1_000_000
N_BESIDE = 30


# Which way a matrix of `Tables.way` goes: distance and time (service at the first place plus driving), and their
# transposes, in which a stop's own row holds what leads to it.
DISTANCE, DISTANCE_TO, TIME, TIME_TO = 0, 1, 2, 3
# Columns of `Tables.place`; demand by dimension follows, then pickup by dimension.
OPENS, CLOSES, SERVICE, RELEASE, PENALTY, DEMAND = 0, 1, 2, 3, 4, 5
# Columns of `Tables.kind`; capacity by dimension follows. LEAVES_BY is the close of the start depot.
START, END, DEPARTS, RETURNS, FIXED, PER_M, PER_S, LONGEST_M, LONGEST_S, LEAVES_BY, RELOAD, CAPACITY = range(12)
# Columns of `Tables.rest`.
LASTS, EARLIEST, LATEST_REST = 0, 1, 2
# Columns of `Tables.slot`; VAN is the index of the vehicle.
KIND, COMMITTED, VAN = 0, 1, 2
# Fields of `State.node`: earliest begin of service, latest arrival that keeps the rest in time, distance to the next
# place; where the tables are timed, duration and bounds of the start of the part up to (A) and from (B) a position;
# behind them, where something is picked up, the greatest load up to and from a position, by dimension.
BEGIN, LATEST, LEG, SPAN_A, EARLY_A, LATE_A, SPAN_B, EARLY_B, LATE_B, PEAK = range(10)
# Columns of `State.route`; load by dimension follows. LEAVES and BACK_BY bound the trip: what the vehicle's other trips
# leave of its shift.
METRES, COST, RELEASED, LEAVES, BACK_BY, LOAD = 0, 1, 2, 3, 4, 5
# Columns of `State.tally`.
LENGTH, VERSION = 0, 1


class Tables(NamedTuple):
    """What does not change, in few arrays because compiled calls copy the description of each.

    Places are depots, then stops. A kind is a set of equal vehicles; a slot holds the route of one vehicle. Where
    vehicles load again (``chained``) a slot holds one trip, each is a kind of its own, and ``chain`` gives the first
    slot and the one after the last of the same vehicle. The price of leaving a stop out is its penalty. ``plain``: one
    window each and constant speeds. ``timed``: durations cost or are limited, or goods are released late. ``driven``:
    something has no shortcut, so that a vehicle's whole day is driven for every position that is tried; no route has a
    clock of its own then.
    """

    way: Floats
    place: Floats
    kind: Floats
    slot: Ints
    chain: Ints
    allowed: Bools
    near: Ints
    beside: Ints
    window_first: Ints
    window: Floats
    speed: Floats
    rest_first: Ints
    rest: Floats
    n_depots: int
    n_dims: int
    windowed: bool
    plain: bool
    timed: bool
    picks_up: bool
    has_prizes: bool
    chained: bool
    driven: bool


class State(NamedTuple):
    """Routes by slot and position (0 is the start depot), with what makes an insertion cheap to judge.

    From ``call_place`` on it is memory in which a day is driven: calls, and when a driver is free after so many rests.
    """

    seq: Ints
    node: Floats
    route: Floats
    tally: NDArray[np.int64]
    slot_of: Ints
    at: Ints
    clock: NDArray[np.int64]
    call_place: NDArray[np.int64]
    call: Floats
    call_rest: NDArray[np.int64]
    free: Floats
    before: NDArray[np.int64]


def supports(instance: DeliveryInstance) -> str:
    """Why our own methods cannot model an instance: they can."""
    return ""


def is_driven(instance: DeliveryInstance) -> bool:
    """Whether something has no shortcut: rests, durations with varied windows or speeds, reloads with limits."""
    varied = any(len(stop.windows_s) > 1 for stop in instance.stops) or instance.travel.profile is not None
    if any(van.breaks for van in instance.vehicles) or (_is_timed(instance) and varied):
        return True
    again = [van for van in instance.vehicles if van.reload_depot is not None]
    elsewhere = any(not van.start_depot == van.reload_depot == van.end_depot for van in again)
    limited = any(van.cost_per_s or min(van.max_duration_s, van.max_distance_m) < inf for van in again)
    return bool(again) and (varied or elsewhere or limited)


def trips_each(instance: DeliveryInstance) -> tuple[int, ...]:
    """Slots of each vehicle: one, or where it may load again, some more trips than its share of all demand needs."""
    again = max(1, sum(van.reload_depot is not None for van in instance.vehicles))
    needs = [sum(stop.demand[dim] for stop in instance.stops) for dim in range(instance.n_dims)]

    def trips(van: Vehicle) -> int:
        alone = max(ceil(need / room - 1e-9) for need, room in zip(needs, van.capacity, strict=True))
        return max(1, min(len(instance.stops), ceil(1.5 * alone / again) + 2))

    return tuple(1 if van.reload_depot is None else trips(van) for van in instance.vehicles)


def _is_timed(instance: DeliveryInstance) -> bool:
    vans = instance.vehicles
    return any(stop.release_s for stop in instance.stops) or any(v.cost_per_s or v.max_duration_s < inf for v in vans)


def make_tables(instance: DeliveryInstance, n_slots: int | None = None) -> Tables:
    """Arrays of an instance; ``n_slots`` limits the routes that are kept (the first vehicles)."""
    depots, stops, n_depots = instance.depots, instance.stops, len(instance.depots)
    vans = instance.vehicles[: n_slots or SLOT_LIMIT]
    slots, chain, chained = _slots(instance, vans)
    kinds = [vans[van] for _, _, van in slots] if chained else list(dict.fromkeys(vans))
    n_places, n_dims = n_depots + len(stops), instance.n_dims
    service = np.array([d.service_s for d in depots] + [s.service_s for s in stops])
    travel = instance.travel
    time = travel.time_s + service[:, None]
    windows = [(d.window_s,) for d in depots] + [s.windows_s for s in stops]
    flat = np.array([window for each in windows for window in each], np.float64).reshape(-1, 2)
    first = np.cumsum([0, *map(len, windows)]).astype(np.int32)
    allowed = np.ones((len(kinds), n_places), np.bool_)
    for number, van in enumerate(kinds):
        if van.allowed is not None:
            allowed[number, n_depots:] = [s in van.allowed for s in range(len(stops))]
    fixed = np.array([van.fixed_cost for van in kinds]) + cost_of_one_more(instance)
    zero, pad = (0.0,) * n_dims, np.zeros((n_depots, 2 * n_dims))
    figures = np.vstack([pad, np.array([(*s.demand, *(s.pickup or zero)) for s in stops]).reshape(-1, 2 * n_dims)])
    release = np.array([0.0] * n_depots + [s.release_s for s in stops])
    columns = (flat[first[:-1], 0], flat[first[1:] - 1, 1], service, release, _penalties(instance))
    profile, driven = travel.profile, is_driven(instance)
    rests = [sorted(van.breaks, key=lambda rest: rest.earliest_s) for van in kinds]
    return Tables(
        way=np.stack([travel.distance_m, travel.distance_m.T, time, time.T]),
        place=np.ascontiguousarray(np.column_stack([*columns, figures])),
        kind=np.array([_kind_row(instance, van, fixed[number]) for number, van in enumerate(kinds)]),
        slot=np.array(slots, np.int32),
        chain=np.array(chain, np.int32),
        allowed=allowed,
        near=_near(travel.distance_m, n_depots),
        beside=_beside(travel.distance_m, time, flat[first[:-1], 0], flat[first[1:] - 1, 1], n_depots),
        window_first=first,
        window=flat,
        speed=np.array(list(zip(profile.from_s, profile.factor, strict=True)) if profile else [(0.0, 1.0)]),
        rest_first=np.cumsum([0, *map(len, rests)]).astype(np.int32),
        rest=np.array([(r.duration_s, r.earliest_s, r.latest_s) for each in rests for r in each]).reshape(-1, 3),
        n_depots=n_depots,
        n_dims=n_dims,
        windowed=not driven and bool(np.isfinite(flat[:, 1]).any() or any(van.shift_s[1] < inf for van in kinds)),
        plain=driven or (len(flat) == n_places and profile is None),
        timed=not driven and _is_timed(instance),
        picks_up=any(s.pickup for s in stops),
        has_prizes=any(s.prize is not None for s in stops),
        chained=chained,
        driven=driven,
    )


def _slots(
    instance: DeliveryInstance, vans: tuple[Vehicle, ...]
) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]], bool]:
    """Rows of `Tables.slot` and `Tables.chain`, and whether any vehicle has several slots."""
    kind = {van: number for number, van in enumerate(dict.fromkeys(vans))}
    trips = trips_each(instance)
    chained = max(trips) > 1
    slots: list[tuple[int, int, int]] = []
    chain: list[tuple[int, int]] = []
    for number, van in enumerate(vans):
        first, after = len(slots), len(slots) + trips[number]
        chain += [(first, after)] * trips[number]
        slots += [
            (slot if chained else kind[van], len(van.committed) if slot == first else 0, number)
            for slot in range(first, after)
        ]
    return slots, chain, chained


def _kind_row(instance: DeliveryInstance, van: Vehicle, fixed: float) -> tuple[float, ...]:
    """Figures of a kind of vehicle in the order of the columns of `Tables.kind`."""
    leaves, returns = instance.depots[van.start_depot].window_s, instance.depots[van.end_depot].window_s
    departs, back = max(van.shift_s[0], leaves[0]), min(van.shift_s[1], returns[1])
    costs = (fixed, van.cost_per_m, van.cost_per_s, van.max_distance_m, van.max_duration_s)
    reload = -1 if van.reload_depot is None else van.reload_depot
    return (van.start_depot, van.end_depot, departs, back, *costs, leaves[1], reload, *van.capacity)


def cost_of_one_more(instance: DeliveryInstance) -> float:
    """What a vehicle costs besides its own costs: more than all driving where the fewest vehicles come first."""
    if instance.convention.objective == "cost":
        return 0.0
    distance = instance.travel.distance_m
    return float(4.0 * distance.max(initial=1.0, where=np.isfinite(distance)) + 1.0)


def must_serve_penalty(instance: DeliveryInstance) -> float:
    """More than any detour for one stop can cost, with a vehicle of its own."""
    travel, vans = instance.travel, instance.vehicles
    metres = travel.distance_m.max(initial=1.0, where=np.isfinite(travel.distance_m))
    seconds = travel.time_s.max(initial=1.0, where=np.isfinite(travel.time_s))
    driving = metres * max(van.cost_per_m for van in vans)
    working = (seconds + max((s.service_s for s in instance.stops), default=0.0)) * max(van.cost_per_s for van in vans)
    return float(4.0 * (driving + working + max(van.fixed_cost for van in vans) + cost_of_one_more(instance)) + 1.0)


def _penalties(instance: DeliveryInstance) -> Floats:
    """Prizes, and for stops that must be served what is more than they can cost."""
    must = must_serve_penalty(instance)
    return np.array([0.0] * instance.n_depots + [must if s.prize is None else s.prize for s in instance.stops])


def _near(distance: Floats, n_depots: int) -> Ints:
    """Stops by rising distance from each stop, itself first; shape (n_stops, n_stops), as places."""
    among = distance[n_depots:, n_depots:].copy()
    np.fill_diagonal(among, -1.0)
    return (np.argsort(among, axis=1, kind="stable") + n_depots).astype(np.int32)


def _beside(distance: Floats, time: Floats, opens: Floats, closes: Floats, n_depots: int) -> Ints:
    """Stops beside which each stop is likely to stand, by distance with waiting and lateness; shape (n_stops, k).

    Vidal, Crainic, Gendreau, Prins (2013), section 4.5: waiting weighs 0.2, lateness 1; here the better direction.
    """
    stops = slice(n_depots, None)
    distance, time, opens, closes = distance[stops, stops], time[stops, stops], opens[stops], closes[stops]
    with np.errstate(invalid="ignore"):  # no way, no end
        there = opens[None, :] - time - closes[:, None]
        np.maximum(there, 0.0, out=there)
        there *= 0.2
        there += distance
        late = opens[:, None] + time - closes[None, :]
        there += np.maximum(late, 0.0, out=late)
        if not np.isfinite(there).all():
            np.nan_to_num(there, copy=False, nan=np.inf)
    among = np.minimum(there, there.T)
    np.fill_diagonal(among, np.inf)
    n_kept = min(N_BESIDE, max(len(among) - 1, 0))
    return np.ascontiguousarray(least_of_each(among, n_kept) + n_depots, np.int32)


def least_of_each(values: Floats, n_kept: int) -> Ints:
    """Columns of the least values of each row, rising, of equal ones the first; shape (n_rows, n_kept).

    A stable sort of whole rows says the same and takes several times as long where few of many are kept.
    """
    if not n_kept:
        return np.zeros((len(values), 0), np.int32)
    limit = np.partition(values, n_kept - 1, axis=1)[:, n_kept - 1]
    row, column = np.nonzero(values <= limit[:, None])
    order = np.lexsort((values[row, column], row))
    first = np.searchsorted(row, np.arange(len(values)))
    return np.asarray(column[order][first[:, None] + np.arange(n_kept)], np.int32)


def make_state(tables: Tables, longest: int | None = None) -> State:
    """Empty routes; kernels must refresh them once. ``longest`` says how many stops a route can have, at most all."""
    n_slots, n_places = len(tables.slot), len(tables.place)
    n_fields = PEAK + 2 * tables.n_dims if tables.picks_up else PEAK if tables.timed else SPAN_A
    width = (n_places - tables.n_depots if longest is None else longest) + 2
    n_calls = width + int((tables.chain[:, 1] - tables.chain[:, 0]).max(initial=1))
    n_rests = int(np.diff(tables.rest_first).max(initial=0))
    return State(
        seq=np.zeros((n_slots, width), np.int32),
        node=np.zeros((n_slots, width, n_fields)),
        route=np.zeros((n_slots, LOAD + tables.n_dims)),
        tally=np.zeros((n_slots, 2), np.int64),
        slot_of=np.full(n_places, -1, np.int32),
        at=np.zeros(n_places, np.int32),
        clock=np.zeros(1, np.int64),
        call_place=np.zeros(n_calls, np.int64),
        call=np.zeros((n_calls, 4)),
        call_rest=np.zeros(n_calls, np.int64),
        free=np.zeros((n_calls, n_rests + 1)),
        before=np.zeros((n_calls, n_rests + 1), np.int64),
    )


def routes_of(tables: Tables, state: State) -> Routes:
    """The plan that a state holds."""
    trips: dict[int, list[tuple[int, ...]]] = {}
    for slot, n in enumerate(state.tally[:, LENGTH].tolist()):
        if n:
            stops = (state.seq[slot, 1 : 1 + n] - tables.n_depots).tolist()
            trips.setdefault(int(tables.slot[slot, VAN]), []).append(tuple(stops))
    return tuple(Route(van, tuple(each)) for van, each in trips.items())


def put_routes(tables: Tables, state: State, routes: Routes) -> None:
    """Write the sequences of a plan into a state; kernels must refresh it afterwards."""
    state.tally[:, LENGTH] = 0
    state.slot_of[:] = -1
    for route in routes:
        first = int(np.searchsorted(tables.slot[:, VAN], route.vehicle))
        for slot, trip in enumerate(route.trips, first):
            state.seq[slot, 1 : 1 + len(trip)] = np.array(trip, np.int32) + tables.n_depots
            state.tally[slot, LENGTH] = len(trip)
