"""Lists of orders to be batched, one JSON object a line: first the building and the limits of a cart, then orders.

What published formats cannot say fits in: buildings that are no rectangle, several limits at once, release and due
times. An order takes 1 of the limit ``orders``, 1 of ``lines`` and ``items`` for each pick, of others what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from fulfillsim.domain.layout import Layout
from fulfillsim.errors import InputError
from fulfillsim.io.instances.building import ReadOrder, built
from fulfillsim.io.instances.layouts import number_of, place, read_layout
from fulfillsim.io.instances.scanner import Line, Scanner, object_in
from fulfillsim.optim.batching.instance import TOLERANCE, BatchingInstance, Pickers

T = TypeVar("T")
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
    said = [(line, object_in(lines, line)) for line in _rest(lines)]
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
    """What the first line says; without a building nothing can be said of orders but which lines are damaged."""
    line = lines.take("a building and the limits of a cart")
    head = object_in(lines, line)
    if head:
        _refuse_head(lines, line, head)
    layout = _try(lines, line, lambda: read_layout(head["layout"], lines.file.parent)) if "layout" in head else None
    capacity = _try(lines, line, lambda: _capacity(head["capacity"])) if "capacity" in head else None
    pickers = _try(lines, line, lambda: _pickers(head.get("pickers", {})))
    metres_per_s = _try(lines, line, lambda: number_of("tardiness_m_per_s", head.get("tardiness_m_per_s", 0.0)))
    if layout is None or capacity is None or pickers is None or metres_per_s is None:
        for order in _rest(lines):
            object_in(lines, order)
    lines.check()
    assert layout is not None and capacity is not None and pickers is not None and metres_per_s is not None
    return layout, capacity, pickers, metres_per_s


def _refuse_head(lines: Scanner, line: Line, head: Mapping[str, Any]) -> None:
    if missing := [key for key in HEAD[:2] if key not in head]:
        lines.fault(line, "", f"must have {', '.join(missing)}")
    _try(lines, line, lambda: _refuse_unknown(head, HEAD))


def _try(lines: Scanner, line: Line, read: Callable[[], T]) -> T | None:
    """What a part of a line says; None, and a fault, if it cannot be."""
    try:
        return read()
    except (InputError, TypeError, ValueError, AttributeError) as error:
        lines.fault(line, "", str(error))
        return None


def _capacity(said: Mapping[str, Any]) -> Mapping[str, float]:
    if not isinstance(said, dict) or not said:
        raise ValueError('capacity: must have a limit, as in {"items": 30}')
    return {dim: number_of(dim, most) for dim, most in said.items()}


def _pickers(said: Mapping[str, Any]) -> Pickers:
    _refuse_unknown(said, [field.name for field in fields(Pickers)])
    told = {name: number_of(name, value) for name, value in said.items()}
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


def _order(
    lines: Scanner, line: Line, said: Mapping[str, Any], layout: Layout, capacity: Mapping[str, float]
) -> ReadOrder:
    order = ReadOrder(line)
    try:
        _refuse_unknown(said, ("id", "picks", *TIMES, *capacity))
        for pick in said.get("picks", ()):
            order.places.append(place(pick, layout))
            if not layout.holds(order.places[-1]):
                raise ValueError(f"no walk leads from the depot to {pick!r} and back")
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
        return number_of(name, said.get(name, usual))
    except (TypeError, ValueError) as error:
        lines.fault(line, _called(said), str(error))
        return 0.0


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
