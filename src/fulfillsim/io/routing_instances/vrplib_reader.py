"""VRPLIB instances: capacity, time windows, several depots, own vans, reloads, release times, backhauls, prizes.

The dialect is the one of CVRPLIB with the sections that PyVRP's public instances add. Read by ourselves because a
fault must be told with its line.
"""

from __future__ import annotations

from math import inf
from pathlib import Path

import numpy as np

from fulfillsim.io.routing_instances.building import ReadInstance, built
from fulfillsim.io.routing_instances.conventions import ROUNDINGS, Rounding, convention
from fulfillsim.io.routing_instances.vrplib_text import VrplibText, figure, read_text
from fulfillsim.optim.delivery.instance import ANY_TIME, DeliveryStop, Depot, Vehicle, Window
from fulfillsim.optim.delivery.travel import Travel, euclidean

COST_DIGITS = 100.0
"""Published heterogeneous instances give unit and fixed costs in hundredths."""


def read_vrplib(file: Path, name: str | None = None) -> ReadInstance:
    """Read an instance.

    Parameters
    ----------
    file
        ``.vrp`` text.
    name
        Convention; None for the usual one: nearest integer for plain capacity, ``dimacs`` with release times,
        ``exact`` for other variants.

    Raises
    ------
    DataError
        With all faults of the file, each with its line.
    """
    text = read_text(file)
    name = name or usual_convention(text)
    rounding = ROUNDINGS[convention(name).name]
    n_places = text.count("DIMENSION", 0, least=2)
    travel, points = _travel(text, n_places, rounding)
    depots = _depot_numbers(text, n_places)
    windows, lines = _windows(text, n_places, rounding), _lines(text, n_places)
    stops = _stops(text, n_places, depots, windows, rounding)
    vehicles, mixed_costs = _vehicles(text, n_places, depots, len(stops), rounding)
    text.check()
    order = [d - 1 for d in depots] + [i for i in range(n_places) if i + 1 not in depots]
    same = order == list(range(n_places))
    return built(
        file,
        name=text.keys.get("NAME", (file.stem, 0))[0],
        depots=tuple(Depot(f"depot {d}", windows[d - 1][0]) for d in depots),
        stops=stops,
        vehicles=vehicles,
        travel=travel if same else Travel(travel.distance_m[np.ix_(order, order)], travel.time_s[np.ix_(order, order)]),
        convention=convention(
            name,
            rounding.scale * COST_DIGITS if mixed_costs else 1.0,
            2 if mixed_costs else None,
            f"at most {len(vehicles)} vehicles" if "VEHICLES" in text.keys else "any number of vehicles",
        ),
        points=None if points is None else points[order],
        stop_lines=[lines[i] for i in order[len(depots) :]],
        depot_lines=[lines[d - 1] for d in depots],
        vehicle_line=text.keys.get("CAPACITY", ("", 0))[1] or _first_line(text, "CAPACITY_SECTION"),
    )


def usual_convention(text: VrplibText) -> str:
    """How figures of such an instance are published."""
    if "RELEASE_TIME_SECTION" in text.sections:
        return "dimacs"
    extended = any(
        word.startswith(("VEHICLES_", "TIME_WINDOW", "CAPACITY_SECTION")) for word in {*text.sections, *text.keys}
    )
    return "exact" if extended else "nint"


def _first_line(text: VrplibText, section: str) -> int:
    rows = text.sections.get(section)
    return rows[0][0] if rows else 0


def _lines(text: VrplibText, n_places: int) -> list[int]:
    """The line that speaks of each place: its window, else its demand, else its coordinates."""
    lines = [0] * n_places
    for section in ("NODE_COORD_SECTION", "DEMAND_SECTION", "TIME_WINDOW_SECTION"):
        for number, (line, _) in text.rows(section).items():
            if 1 <= number <= n_places:
                lines[number - 1] = line
    return lines


def _depot_numbers(text: VrplibText, n_places: int) -> list[int]:
    numbers = []
    for line, words in text.sections.get("DEPOT_SECTION", ()):
        for word in (word for word in words if word != "-1"):
            if word.isdecimal() and 1 <= int(word) <= n_places and int(word) not in numbers:
                numbers.append(int(word))
            else:
                text.fault(line, "DEPOT_SECTION", f"must name places from 1 to {n_places}, each once, then -1", word)
    text.check()
    return numbers or [1]


def _travel(text: VrplibText, n_places: int, rounding: Rounding) -> tuple[Travel, np.ndarray | None]:
    points = None
    if rows := text.rows("NODE_COORD_SECTION"):
        points = np.array([rows.get(number, (0, [np.nan, np.nan]))[1] for number in range(1, n_places + 1)])
        if np.isnan(points).any():
            text.fault(
                _first_line(text, "NODE_COORD_SECTION"),
                "NODE_COORD_SECTION",
                f"must have {n_places} places",
                f"{len(rows)}",
            )
            text.check()
    kind = text.keys.get("EDGE_WEIGHT_TYPE", ("EUC_2D", 0))[0]
    if kind == "EXPLICIT":
        matrix = rounding(_matrix(text, n_places))
        return Travel(matrix, matrix), points
    if kind != "EUC_2D" or points is None:
        text.fault(
            text.keys.get("EDGE_WEIGHT_TYPE", ("", 0))[1] or None,
            "EDGE_WEIGHT_TYPE",
            "must be EUC_2D with coordinates, or EXPLICIT",
            kind,
        )
        text.check()
    return euclidean(points if points is not None else [], rounding), points


def _matrix(text: VrplibText, n: int) -> np.ndarray:
    section = text.sections.get("EDGE_WEIGHT_SECTION", [])
    figures = _ways(text, section)
    form = text.keys.get("EDGE_WEIGHT_FORMAT", ("FULL_MATRIX", 0))[0]
    shapes = {
        "FULL_MATRIX": n * n,
        "LOWER_ROW": n * (n - 1) // 2,
        "LOWER_DIAG_ROW": n * (n + 1) // 2,
        "UPPER_ROW": n * (n - 1) // 2,
    }
    if shapes.get(form) != len(figures):
        rule = f"must hold {shapes.get(form, 'a known number of')} figures in the format {form}"
        text.fault(section[0][0] if section else None, "EDGE_WEIGHT_SECTION", rule, str(len(figures)))
        text.check()
    if form == "FULL_MATRIX":
        return _full_matrix(text, section, figures.reshape(n, n))
    matrix = np.zeros((n, n))
    where = np.triu_indices(n, 1) if form == "UPPER_ROW" else np.tril_indices(n, 0 if "DIAG" in form else -1)
    matrix[where] = figures
    return np.maximum(matrix, matrix.T)


def _ways(text: VrplibText, section: list[tuple[int, list[str]]]) -> np.ndarray:
    """The figures of a matrix; those that are none, or below 0, are told with their lines."""
    figures = []
    for line, words in section:
        for word in words:
            try:
                figures.append(figure(word))
            except ValueError:
                text.fault(line, "EDGE_WEIGHT_SECTION", "must hold numbers only", word)
                continue
            if figures[-1] < 0:
                text.fault(line, "EDGE_WEIGHT_SECTION", "distance must be >= 0", word, "inf where there is no way")
    text.check()
    return np.array(figures)


def _full_matrix(text: VrplibText, section: list[tuple[int, list[str]]], matrix: np.ndarray) -> np.ndarray:
    """The matrix, whose ways back differ only where the file's TYPE says so: ACVRP, as ATSP."""
    different = np.argwhere(np.triu(matrix != matrix.T))
    if len(different) and not text.keys.get("TYPE", ("", 0))[0].startswith("A"):
        row, column = (int(place) for place in different[0])
        lines = [line for line, words in section for _ in words]
        text.fault(
            lines[row * len(matrix) + column],
            "EDGE_WEIGHT_SECTION",
            f"must be as far from {row + 1} to {column + 1} as back, for {len(different)} pair(s) it is not",
            f"{matrix[row, column]:g} and {matrix[column, row]:g}",
            "correct it, or write TYPE : ACVRP if ways differ by direction",
        )
        text.check()
    return matrix


def _windows(text: VrplibText, n_places: int, rounding: Rounding) -> list[tuple[Window, ...]]:
    windows: list[tuple[Window, ...]] = [ANY_TIME] * n_places
    for number, (line, figures) in text.rows("TIME_WINDOW_SECTION").items():
        if not 1 <= number <= n_places or not figures or len(figures) % 2:
            text.fault(
                line, "TIME_WINDOW_SECTION", f"a place from 1 to {n_places}, then pairs of open and close", str(figures)
            )
            continue
        scaled = [float(value) for value in rounding(np.array(figures))]
        windows[number - 1] = tuple(zip(scaled[::2], scaled[1::2], strict=True))
    return windows


def _stops(
    text: VrplibText, n_places: int, depots: list[int], windows: list[tuple[Window, ...]], rounding: Rounding
) -> tuple[DeliveryStop, ...]:
    demand, pickup, prize = text.rows("DEMAND_SECTION"), text.rows("BACKHAUL_SECTION"), text.rows("PRIZE_SECTION")
    service = rounding(text.column("SERVICE_TIME_SECTION", "SERVICE_TIME", n_places, 0.0))
    release = rounding(text.column("RELEASE_TIME_SECTION", "RELEASE_TIME", n_places, 0.0))
    stops: list[DeliveryStop] = []
    for number in (n for n in range(1, n_places + 1) if n not in depots):
        what = demand.get(number, (0, []))[1]
        if not what:
            text.fault(
                _first_line(text, "DEMAND_SECTION") or None, "DEMAND_SECTION", f"must give the demand of place {number}"
            )
        stops.append(
            DeliveryStop(
                str(len(stops) + 1),
                tuple(what),
                tuple(pickup[number][1]) if any(pickup.get(number, (0, ()))[1]) else (),
                float(service[number - 1]),
                windows[number - 1],
                float(release[number - 1]),
                float(rounding(np.array(prize[number][1]))[0]) if number in prize and any(prize[number][1]) else None,
            )
        )
    return tuple(stops)


def _vehicles(
    text: VrplibText, n_places: int, depots: list[int], n_stops: int, rounding: Rounding
) -> tuple[tuple[Vehicle, ...], bool]:
    """The fleet, and whether its costs are mixed (unit and fixed costs in hundredths)."""
    n = text.count("VEHICLES", n_stops, least=1)

    def column(key: str, usual: float) -> np.ndarray:
        return text.column(f"{key}_SECTION", key, n, usual)

    capacity = _capacities(text, n)
    fixed = column("VEHICLES_FIXED_COST", 0.0)
    unit = column("VEHICLES_UNIT_DISTANCE_COST", 1.0)
    max_distance = rounding(np.minimum(column("VEHICLES_MAX_DISTANCE", inf), text.number("DISTANCE", inf)))
    max_duration = rounding(column("VEHICLES_MAX_DURATION", inf))
    home, reload = column("VEHICLES_DEPOT", depots[0]), column("VEHICLES_RELOAD_DEPOT", 0)
    allowed = text.rows("VEHICLES_ALLOWED_CLIENTS_SECTION")
    mixed = bool(fixed.any() or (unit != 1.0).any())
    index = {number: i for i, number in enumerate(depots)}
    stop_of = {number: i for i, number in enumerate(p for p in range(1, n_places + 1) if p not in index)}
    made: dict[Vehicle, Vehicle] = {}
    fleet = []
    for k in range(n):
        van = Vehicle(
            capacity=capacity[k],
            start_depot=index.get(int(home[k]), -1),
            end_depot=index.get(int(home[k]), -1),
            fixed_cost=float(fixed[k] * rounding.scale),
            cost_per_m=float(unit[k]),
            max_distance_m=float(max_distance[k]),
            max_duration_s=float(max_duration[k]),
            reload_depot=index.get(int(reload[k]), -1) if reload[k] else None,
            allowed=frozenset(stop_of.get(int(p), -1) for p in allowed[k + 1][1]) if k + 1 in allowed else None,
        )
        fleet.append(made.setdefault(van, van))
    return tuple(fleet), mixed


def _capacities(text: VrplibText, n: int) -> list[tuple[float, ...]]:
    if rows := text.rows("CAPACITY_SECTION"):
        return [tuple(rows.get(k, (0, [0.0]))[1]) for k in range(1, n + 1)]
    words, line = text.keys.get("CAPACITY", ("", 0))
    try:
        figures = tuple(float(word) for word in words.split())
    except ValueError:
        figures = ()
    if not figures:
        text.fault(line or None, "CAPACITY", "must be one number per dimension of demand", words or None)
        text.check()
    return [figures] * n
