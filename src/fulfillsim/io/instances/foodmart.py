"""The Foodmart instances: products at the vertices of a graph, orders counted in boxes on a trolley.

A remark line (``//``) stands before every part. Where boxes may hold several orders, a trolley takes its boxes' items
together; otherwise each order takes the boxes that the file says it needs.

References
----------
Valle, Beasley and da Cunha (2017), Optimally solving the joint order batching and picker routing problem, European
Journal of Operational Research 262(3). Format: Briant et al. (2020), European Journal of Operational Research 285(2).
"""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import NamedTuple

from fulfillsim.domain.layout import GraphLayout
from fulfillsim.io.instances.building import ReadOrder, built
from fulfillsim.io.instances.scanner import Line, Scanner
from fulfillsim.optim.batching.instance import BatchingInstance


class _Product(NamedTuple):
    vertex: int
    volume: int


def read_foodmart(file: Path) -> BatchingInstance:
    """Read an instance; its layout is the graph of arcs in the file.

    Raises
    ------
    DataError
        With all faults of the file, each with its line.
    """
    lines = Scanner(file)
    n_locations, n_products, n_boxes = (_single(lines, what) for what in ("NbLocations", "NbProducts", "NbBoxes"))
    if (n_dims := _single(lines, "NbDimensionsCapacity")) != 1:
        raise lines.fail(lines.ahead, "NbDimensionsCapacity", "must be 1: no other is known", n_dims)
    box, mixed = _single(lines, "CapaBox"), _single(lines, "mixed orders", most=1)
    products = _products(lines, n_products, n_locations)
    orders = _orders(lines, products, bool(mixed))
    _, start, end = (_single(lines, what) for what in ("intersections", "DepartingDepot", "ArrivalDepot"))
    # locations count crossings too; the depot is there twice, as vertex 0 and as the last
    layout = _layout(lines, n_locations + 1, start, end)
    capacity, dim = (n_boxes * box, "items") if mixed else (n_boxes, "boxes")
    return built(lines, layout, orders, float(capacity), dim)


def _line(lines: Scanner, wanted: str) -> Line:
    """The next line that is no remark."""
    while (line := lines.take(wanted)).text.startswith("//"):
        pass
    return line


def _single(lines: Scanner, what: str, most: int | None = None) -> int:
    line = _line(lines, what)
    return lines.whole(line, what, line.text, most=most)


def _numbers(lines: Scanner, wanted: str, least: int) -> tuple[Line, list[int]]:
    line = _line(lines, wanted)
    words = line.text.split()
    if len(words) < least or not all(word.isdecimal() for word in words):
        raise lines.fail(line, wanted, f"must be at least {least} whole numbers", line.text[:40])
    return line, [int(word) for word in words]


def _products(lines: Scanner, number: int, n_locations: int) -> dict[int, _Product]:
    found = {}
    for _ in range(number):
        line, (index, vertex, volume, *_) = _numbers(lines, "a product", 3)
        if not 1 <= vertex <= n_locations:
            lines.fault(line, f"product {index}", f"must lie in the layout, from 1 to {n_locations}", vertex)
        if index in found:
            lines.fault(line, f"product {index}", "must be listed once")
        found[index] = _Product(vertex, volume)
    return found


def _orders(lines: Scanner, products: dict[int, _Product], mixed: bool) -> list[ReadOrder]:
    orders = []
    for _ in range(_single(lines, "Nb Orders")):
        line, (_, boxes, number, *pairs) = _numbers(lines, "an order", 3)
        if len(pairs) != 2 * number:
            raise lines.fail(line, "order", f"must list {number} products with quantities", f"{len(pairs)} numbers")
        order = ReadOrder(line, load=0.0 if mixed else float(boxes))
        for index, quantity in zip(pairs[::2], pairs[1::2], strict=True):
            if index not in products:
                lines.fault(line, "order", "must consist of products listed above", index)
                continue
            order.places.append((products[index].vertex, 0.0))
            order.load += quantity * products[index].volume if mixed else 0
        orders.append(order)
    return orders


def _layout(lines: Scanner, n_vertices: int, start: int, end: int) -> GraphLayout:
    """The graph; the table of shortest paths that follows it is read over, since it can be computed."""
    arcs = []
    while not lines.ahead.text.startswith("//Arcs"):
        lines.take("Arcs")
    lines.take("Arcs"), lines.take("Arcs")
    while lines.more and not lines.ahead.text.startswith("//"):
        line = lines.take("an arc")
        words = line.text.split()
        if len(words) != 3:
            raise lines.fail(line, "arc", "must be start, end and distance", line.text[:40])
        a, b = (lines.whole(line, "arc", word, most=n_vertices - 1) for word in words[:2])
        arcs.append((a, b, lines.metres(line, "arc", words[2])))
    for name, vertex in (("DepartingDepot", start), ("ArrivalDepot", end)):
        if vertex >= n_vertices:
            lines.fault(lines.ahead, name, f"must be a vertex, from 0 to {n_vertices - 1}", vertex)
    places = _coordinates(lines, n_vertices)
    lines.check()
    return GraphLayout(n_vertices, tuple(arcs), start, end, places)


def _coordinates(lines: Scanner, n_vertices: int) -> tuple[tuple[float, float], ...]:
    """Where vertices are drawn: the last part, without which a file is cut short, and arcs may be missing."""
    while not lines.take("the coordinates of vertices").text.startswith("//Vertices coordinates"):
        pass
    found = []
    for _ in range(n_vertices):
        line = lines.take("the coordinates of all vertices")
        words = line.text.split(maxsplit=3)
        try:
            x, y = float(words[1]), float(words[2])
            if not (isfinite(x) and isfinite(y)):
                raise ValueError
            found.append((x, y))
        except (ValueError, IndexError):
            raise lines.fail(line, "vertex", "must be number, x and y", line.text[:40]) from None
    return tuple(found)
