"""What is wrong in the parts of a delivery instance, all at once, so that a reader can say in which lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf, isnan
from typing import Literal, NamedTuple

import numpy as np

from fulfillsim.errors import InputError
from fulfillsim.optim.delivery.parts import DeliveryStop, Depot, Vehicle, Window
from fulfillsim.optim.delivery.travel import Travel


class Parts(NamedTuple):
    """What an instance is to be made of, not checked yet."""

    depots: tuple[Depot, ...]
    stops: tuple[DeliveryStop, ...]
    vehicles: tuple[Vehicle, ...]
    travel: Travel

    @property
    def n_dims(self) -> int:
        """Dimensions of capacity."""
        return len(self.vehicles[0].capacity)


class Flaw(NamedTuple):
    """Something wrong in the parts of an instance; ``number`` counts the things of its kind from 0."""

    kind: Literal["instance", "depot", "stop", "vehicle", "travel"]
    number: int
    rule: str
    value: str
    hint: str

    def __str__(self) -> str:
        return f"{self.kind} {self.number}: {self.rule} (got {self.value}) - {self.hint}"


class InstanceError(InputError):
    """Parts that make no delivery instance; ``flaws`` names them all."""

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        self.flaws = flaws
        super().__init__(flaws)

    def __str__(self) -> str:
        return "\n".join(map(str, self.flaws))


def flaws_of(parts: Parts) -> Iterator[Flaw]:
    """Every rule that the parts break, things in the order of their indices."""
    if not parts.vehicles or not parts.depots:
        yield Flaw("instance", 0, "needs a depot and a vehicle", "none", "add one of each")
        return
    for index, depot in enumerate(parts.depots):
        yield from _depot_flaws(index, depot)
    for index in range(len(parts.stops)):
        yield from _stop_flaws(parts, index)
    for index, vehicle in enumerate(parts.vehicles):
        if not index or vehicle is not parts.vehicles[index - 1]:
            yield from _vehicle_flaws(parts, index, vehicle)
    yield from _travel_flaws(parts)
    yield from _commitment_flaws(parts)


def _window_rule(window: Window) -> str:
    opens, closes = window
    if isnan(opens) or isnan(closes) or opens < 0:
        return "a window must open at 0 or later"
    return "a window must not close before it opens" if closes < opens else ""


def _depot_flaws(index: int, depot: Depot) -> Iterator[Flaw]:
    if rule := _window_rule(depot.window_s):
        yield Flaw("depot", index, rule, str(depot.window_s), "write opening, then closing")
    if not 0 <= depot.service_s < inf:
        yield Flaw("depot", index, "loading time must be >= 0", f"{depot.service_s}", "give seconds")


def _stop_flaws(parts: Parts, index: int) -> Iterator[Flaw]:
    stop, n_dims = parts.stops[index], parts.n_dims
    if len(stop.demand) != n_dims or len(stop.pickup) not in (0, n_dims):
        yield Flaw(
            "stop", index, f"needs {n_dims} figures of demand, as vehicles have", f"{stop.demand}", "complete it"
        )
    if not all(0 <= figure < inf for figure in (*stop.demand, *stop.pickup)):
        yield Flaw(
            "stop",
            index,
            "demand must be >= 0",
            f"{stop.demand} {stop.pickup}".strip(),
            "use pickup for goods taken along",
        )
    if not 0 <= stop.service_s < inf:
        yield Flaw("stop", index, "service time must be >= 0", f"{stop.service_s}", "give the time at the door")
    for window in stop.windows_s:
        if rule := _window_rule(window):
            yield Flaw("stop", index, rule, str(window), "write opening, then closing")
    if not stop.windows_s or any(second[0] <= first[1] for first, second in pairwise(stop.windows_s)):
        yield Flaw("stop", index, "windows must rise and not overlap", str(stop.windows_s), "sort and join them")
    if not 0 <= stop.release_s < inf:
        yield Flaw("stop", index, "release time must be >= 0", f"{stop.release_s}", "0 if the goods are there")
    if stop.prize is not None and not 0 <= stop.prize < inf:
        yield Flaw("stop", index, "prize must be >= 0", f"{stop.prize}", "None if the stop must be served")


def _vehicle_flaws(parts: Parts, index: int, vehicle: Vehicle) -> Iterator[Flaw]:
    if len(vehicle.capacity) != parts.n_dims or not all(figure > 0 for figure in vehicle.capacity):
        yield Flaw(
            "vehicle",
            index,
            "capacity must be > 0 in each dimension",
            str(vehicle.capacity),
            "leave out vans that carry nothing",
        )
    if rule := _window_rule(vehicle.shift_s):
        yield Flaw("vehicle", index, rule.replace("window", "shift"), str(vehicle.shift_s), "write start, then end")
    places = [vehicle.start_depot, vehicle.end_depot, vehicle.reload_depot or 0]
    if not all(0 <= place < len(parts.depots) for place in places):
        yield Flaw(
            "vehicle", index, f"depots are numbered 0 to {len(parts.depots) - 1}", str(places), "correct the number"
        )
    costs = (vehicle.fixed_cost, vehicle.cost_per_m, vehicle.cost_per_s, vehicle.max_distance_m, vehicle.max_duration_s)
    if not all(figure >= 0 for figure in costs):
        yield Flaw("vehicle", index, "costs and limits must be >= 0", str(costs), "correct the sign")
    for rest in vehicle.breaks:
        if not (0 <= rest.duration_s < inf and 0 <= rest.earliest_s <= rest.latest_s):
            yield Flaw("vehicle", index, "a break must last >= 0 s and begin in a window", str(rest), "correct it")
    strangers = sorted(s for s in vehicle.allowed or () if not 0 <= s < len(parts.stops))
    if strangers:
        yield Flaw(
            "vehicle", index, f"stops are numbered 0 to {len(parts.stops) - 1}", str(strangers), "correct allowed"
        )


def _travel_flaws(parts: Parts) -> Iterator[Flaw]:
    n_places = len(parts.depots) + len(parts.stops)
    for word, matrix in (("distance", parts.travel.distance_m), ("travel time", parts.travel.time_s)):
        if matrix.shape != (n_places, n_places):
            yield Flaw(
                "travel", 0, f"{word} matrix must have {n_places} rows and columns", str(matrix.shape), "one per place"
            )
            continue
        bad = np.argwhere(~(matrix >= 0))
        if len(bad):
            row, column = (int(place) for place in bad[0])
            hint = (
                f"from place {row} to {column}, and {len(bad) - 1} more" if len(bad) > 1 else f"from {row} to {column}"
            )
            yield Flaw("travel", row, f"{word} must be >= 0", f"{matrix[row, column]:g}", hint)


def _commitment_flaws(parts: Parts) -> Iterator[Flaw]:
    seen: dict[int, int] = {}
    for index, vehicle in enumerate(parts.vehicles):
        for stop in vehicle.committed:
            if not 0 <= stop < len(parts.stops) or stop in seen:
                yield Flaw(
                    "vehicle", index, "a committed stop exists and is another van's nowhere", str(stop), "correct it"
                )
            seen[stop] = index
