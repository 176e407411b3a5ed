"""Solomon's and Gehring and Homberger's text format: a vehicle block, then one line per customer."""

from __future__ import annotations

from math import inf
from pathlib import Path

import numpy as np

from fulfillsim.errors import DataError, Fault
from fulfillsim.io.routing_instances.building import ReadInstance, built
from fulfillsim.io.routing_instances.conventions import ROUNDINGS, convention
from fulfillsim.optim.delivery.instance import DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.travel import euclidean

_COLUMNS = ("number", "x", "y", "demand", "ready", "due", "service")


def read_solomon(file: Path, name: str = "dimacs") -> ReadInstance:
    """Read an instance; row 0 is the depot and its due date the horizon.

    Raises
    ------
    DataError
        With all faults of the file, each with its line.
    """
    n_vehicles, capacity, rows, lines = _numbers(file, file.read_text("utf-8").splitlines())
    rounding = ROUNDINGS[convention(name).name]
    times = rounding(rows[:, 4:7])
    stops = tuple(
        DeliveryStop(f"{int(row[0])}", (float(row[3]),), service_s=float(t[2]), windows_s=((float(t[0]), float(t[1])),))
        for row, t in zip(rows[1:], times[1:], strict=True)
    )
    depot = Depot("depot", (float(times[0, 0]), float(times[0, 1])))
    scaled = rounding.scale != 1.0
    rule = convention(name, rounding.scale, 1 if scaled else None, f"at most {n_vehicles} vehicles")
    return built(
        file,
        name=file.stem,
        depots=(depot,),
        stops=stops,
        vehicles=(Vehicle((capacity,)),) * n_vehicles,
        travel=euclidean(rows[:, 1:3], rounding),
        convention=rule,
        points=rows[:, 1:3],
        stop_lines=lines[1:],
        depot_lines=lines[:1],
        vehicle_line=_line_of(file, "VEHICLE") + 2,
    )


def _line_of(file: Path, word: str) -> int:
    texts = file.read_text("utf-8").splitlines()
    return next((n for n, text in enumerate(texts, 1) if text.strip().upper() == word), 0)


def _numbers(file: Path, texts: list[str]) -> tuple[int, float, np.ndarray, list[int]]:
    """Vehicles, capacity, one row of 7 figures per customer, and their lines."""
    rows: list[list[float]] = []
    lines: list[int] = []
    fleet: tuple[int, float] | None = None
    faults: list[Fault] = []
    for line, text in enumerate(texts, 1):
        words = text.split()
        if not words or not words[0].lstrip("+-").replace(".", "", 1).isdigit():
            continue
        figures = [_figure(word) for word in words]
        if fleet is None and len(words) == 2 and None not in figures:
            fleet = (int(figures[0] or 0), float(figures[1] or 0))
        elif len(words) != len(_COLUMNS) or None in figures:
            rule = f"a customer's line holds {len(_COLUMNS)} numbers: {', '.join(_COLUMNS)}"
            faults.append(Fault(str(file), line, None, "CUSTOMER", rule, text.strip(), "correct the line"))
        else:
            rows.append([figure if figure is not None else inf for figure in figures])
            lines.append(line)
    if fleet is None or fleet[0] < 1:
        rule = "must say number (at least 1) and capacity of vehicles"
        faults.append(Fault(str(file), None, None, "VEHICLE", rule, str(fleet and fleet[0]), "see a Solomon file"))
    if len(rows) < 2:
        faults.append(Fault(str(file), None, None, "CUSTOMER", "must have a depot and a customer", f"{len(rows)} rows"))
    if faults or fleet is None:
        raise DataError(faults)
    return fleet[0], fleet[1], np.array(rows), lines


def _figure(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None
