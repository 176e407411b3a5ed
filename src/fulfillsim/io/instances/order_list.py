"""Lists of orders to be batched, one JSON object a line: first the building and the limits of a cart, then orders.

What published formats cannot say fits in: buildings that are no rectangle, several limits at once, release and due
times. An order takes 1 of the limit ``orders``, 1 of ``lines`` and ``items`` for each pick, of others what it says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from fulfillsim.domain.layout import GraphLayout, Layout
from fulfillsim.errors import InputError
from fulfillsim.io.instances.building import ReadOrder, built
from fulfillsim.io.instances.layouts import read_layout
from fulfillsim.io.instances.scanner import Line, Scanner
from fulfillsim.optim.batching.instance import TOLERANCE, BatchingInstance, Pickers

HEAD = ("layout", "capacity", "pickers", "tardiness_m_per_s")
TIMES = ("release_s", "due_s")


def read_order_list(file: Path) -> BatchingInstance:
    """Read an instance.

    Raises
    ------
    DataError
        With all faults of the file, each with its line.
    """
    lines = Scanner(file)
    layout, capacity, pickers, metres_per_s = _head(lines)
    said = [(line, _object(lines, line)) for line in _rest(lines)]
    lines.check()
    orders = [_order(lines, line, order, layout, capacity) for line, order in said]
    loads = np.array(
        [
            [_load(lines, line, order, dim, len(read.places)) for dim in capacity]
            for (line, order), read in zip(said, orders, strict=True)
        ],
        np.float64,
    )
    _refuse_oversized(lines, orders, loads, capacity)
    times = {name: _times(lines, said, name) for name in TIMES}
    instance = built(lines, layout, orders, np.inf)
    return replace(
        instance,
        load=loads,
        capacity=np.array(list(capacity.values()), np.float64),
        dims=tuple(capacity),
        pickers=pickers,
        tardiness_m_per_s=metres_per_s,
        **times,
    )


def _head(lines: Scanner) -> tuple[Layout, Mapping[str, float], Pickers, float]:
    line = lines.take("a building and the limits of a cart")
    head = _object(lines, line)
    lines.check()
    try:
        if missing := [key for key in HEAD[:2] if key not in head]:
            raise ValueError(f"must have {', '.join(missing)}")
        _refuse_unknown(head, HEAD)
        capacity = {str(dim): _number(dim, most) for dim, most in head["capacity"].items()}
        if not capacity:
            raise ValueError('capacity: must have a limit, as in {"items": 30}')
        metres_per_s = _number("tardiness_m_per_s", head.get("tardiness_m_per_s", 0.0))
        return read_layout(head["layout"], lines.file.parent), capacity, _pickers(head.get("pickers", {})), metres_per_s
    except (InputError, TypeError, ValueError, AttributeError) as error:
        raise lines.fail(line, "", str(error)) from error


def _pickers(said: Mapping[str, Any]) -> Pickers:
    _refuse_unknown(said, [field.name for field in fields(Pickers)])
    told = {name: _number(name, value) for name, value in said.items()}
    n_pickers = told.pop("n_pickers", 1.0)
    if n_pickers < 1 or n_pickers % 1:
        raise ValueError(f"n_pickers: must be a whole number of at least 1 (got {said['n_pickers']})")
    if told.get("speed_m_per_s") == 0.0:
        raise ValueError("speed_m_per_s: must be above 0 (got 0)")
    return Pickers(n_pickers=int(n_pickers), **told)


def _rest(lines: Scanner) -> list[Line]:
    found = [lines.take("an order")]
    while lines.more:
        found.append(lines.take("an order"))
    return found


def _object(lines: Scanner, line: Line) -> dict[str, Any]:
    """What a line says; nothing, and a fault, if it is no object."""
    try:
        if isinstance(read := json.loads(line.text), dict):
            return read
    except ValueError:
        pass
    rule = "must be one JSON object: the line is cut short or damaged"
    lines.fault(line, "", rule, f"{line.text[:30]}...")
    return {}


def _order(
    lines: Scanner, line: Line, said: Mapping[str, Any], layout: Layout, capacity: Mapping[str, float]
) -> ReadOrder:
    order = ReadOrder(line)
    try:
        _refuse_unknown(said, ("id", "picks", *TIMES, *capacity))
        for place in said.get("picks", ()):
            aisle, position_m = (place, 0.0) if isinstance(layout, GraphLayout) else place
            if isinstance(aisle, bool) or not isinstance(aisle, int):
                raise TypeError(f"aisle or vertex of a pick: must be a whole number (got {aisle!r})")
            order.places.append((aisle, float(position_m)))
            if not layout.holds(order.places[-1]):
                raise ValueError(f"no walk leads from the depot to {place!r} and back")
    except (TypeError, ValueError) as error:
        lines.fault(line, _called(said), f"picks: must be [aisle, meters] or, in a graph, vertices: {error}")
    return order


def _load(lines: Scanner, line: Line, said: Mapping[str, Any], dim: str, n_picks: int) -> float:
    """What an order takes of a limit."""
    usual = {"orders": 1.0, "lines": float(n_picks), "items": float(n_picks)}
    if dim not in said and dim not in usual:
        lines.fault(line, _called(said), f"must say {dim}, which the cart limits")
        return 0.0
    return _told(lines, line, said, dim, usual.get(dim, 0.0))


def _times(lines: Scanner, said: list[tuple[Line, dict[str, Any]]], name: str) -> Any:
    """Release or due times, shape (n_orders,); None where no order has one."""
    if not any(name in order for _, order in said):
        return None
    for line, order in said:
        if name not in order:
            lines.fault(line, _called(order), f"must have {name}, as other orders do")
    return np.array([_told(lines, line, order, name, 0.0) for line, order in said], np.float64)


def _told(lines: Scanner, line: Line, said: Mapping[str, Any], name: str, usual: float) -> float:
    try:
        return _number(name, said.get(name, usual))
    except (TypeError, ValueError) as error:
        lines.fault(line, _called(said), str(error))
        return 0.0


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
        raise ValueError(f"{name}: must be a number of at least 0 (got {value!r})")
    return float(value)


def _refuse_oversized(lines: Scanner, orders: list[ReadOrder], loads: Any, capacity: Mapping[str, float]) -> None:
    for order, load in zip(orders, loads.tolist(), strict=True):
        for (dim, most), taken in zip(capacity.items(), load, strict=True):
            if taken > most + TOLERANCE:
                rule = f"must fit on one cart: {dim} <= {most:g}"
                lines.fault(order.line, "order", rule, f"{taken:g}", "split the order or take a larger cart")


def _refuse_unknown(said: Mapping[str, Any], known: Any) -> None:
    if strange := [key for key in said if key not in known]:
        raise ValueError(f"must not have {', '.join(strange)} - there are: {', '.join(known)}")


def _called(said: Mapping[str, Any]) -> str:
    return f"order {said['id']}" if "id" in said else "order"
