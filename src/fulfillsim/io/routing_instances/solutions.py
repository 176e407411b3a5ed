"""Published routes: ``Route #k: 3 1 2`` lines and a cost.

Numbers are places, depots first and from 0, so that one below the number of depots inside a route is a reload.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from fulfillsim.errors import DataError, Fault
from fulfillsim.optim.delivery.plan import Route, Routes

_ROUTE = re.compile(r"\s*route\s*#?\s*(\d+)\s*:?(.*)", re.IGNORECASE)
_COST = re.compile(r"\s*cost\s*:?\s*(\S+)", re.IGNORECASE)


def read_solution(file: Path, n_depots: int = 1) -> tuple[Routes, float | None]:
    """Routes of a ``.sol`` file, route k driven by vehicle k, and the cost it states.

    Raises
    ------
    DataError
        If a line cannot be read or there is no route.
    """
    routes: list[Route] = []
    cost: float | None = None
    faults: list[Fault] = []
    for line, text in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            if match := _ROUTE.fullmatch(text):
                route = _route(int(match[1]) - 1, [int(word) - n_depots for word in match[2].split()])
                routes += [route] if route.trips else []
            elif match := _COST.match(text):
                cost = float(match[1])
        except ValueError:
            faults.append(Fault(str(file), line, None, "", "must be numbers of customers or a cost", text.strip()))
    if not routes and not faults:
        faults.append(Fault(str(file), None, None, "", "must hold a line 'Route #1: ...'", None))
    if faults:
        raise DataError(faults)
    return tuple(routes), cost


def _route(vehicle: int, stops: list[int]) -> Route:
    trips = [tuple(group) for is_stop, group in groupby(stops, lambda stop: stop >= 0) if is_stop]
    return Route(vehicle, tuple(trips))


def solution_text(routes: Routes, printed_cost: float, n_depots: int = 1) -> str:
    """Routes in the same format; vehicles without a route have a blank line."""
    by_vehicle = {route.vehicle: route for route in routes}
    lines = []
    for vehicle in range(max(by_vehicle, default=-1) + 1):
        trips = by_vehicle[vehicle].trips if vehicle in by_vehicle else ()
        texts = (" ".join(str(stop + n_depots) for stop in trip) for trip in trips)
        lines.append(f"Route #{vehicle + 1}: {' 0 '.join(texts)}".rstrip())
    return "\n".join([*lines, f"Cost {printed_cost:.12g}", ""])
