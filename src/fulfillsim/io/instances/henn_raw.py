"""The raw text of Henn's instances: orders only; hall and cart are those of the publication.

``Aisle`` 0 to 19 counts sides of shelves, so that the aisle one walks in is the half of it; ``Location`` 0 lies at the
front. The capacity is the third number of the file's name: ``<setting>s-<orders>-<capacity>-<seed>.txt``.

References
----------
Henn and Wäscher (2012), Tabu search heuristics for the order batching problem in manual order picking systems,
European Journal of Operational Research 222(3).
"""

from __future__ import annotations

import re
from pathlib import Path

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.io.instances.building import ReadOrder, built
from fulfillsim.io.instances.scanner import Scanner
from fulfillsim.optim.batching.instance import BatchingInstance

HALL = RectangularLayout(n_aisles=10, n_cells=45, aisle_spacing_m=5.0, cell_m=1.0, end_m=1.5)

_NAME = re.compile(r"-(\d+)-(\d+)-\d+$")
_ORDER = re.compile(r"Order\s+(\d+)\s+number of articles\s+(\d+)$")
_LINE = re.compile(r"(\d+)\s+Aisle\s+(-?\d+)\s+Location\s+(-?\d+)$")


def read_henn_raw(file: Path) -> BatchingInstance:
    """Read an instance; each line of an order is one article.

    Raises
    ------
    DataError
        With all faults of the file, each with its line.
    """
    lines = Scanner(file)
    if (name := _NAME.search(file.stem)) is None:
        rule = "the name must end with -<orders>-<capacity>-<seed>: the file itself does not tell the capacity"
        raise lines.fail(lines.ahead, "", rule, file.name, "rename it, for example 25s-30-45-6.txt")
    n_orders, capacity = int(name[1]), float(name[2])
    orders = []
    while lines.more:
        orders.append(_order(lines))
    if len(orders) < n_orders:
        end = lines.ahead
        lines.fault(end, "", f"ends after {len(orders)} of {n_orders} orders: the file is cut short")
    return built(lines, HALL, orders, capacity)


def _order(lines: Scanner) -> ReadOrder:
    start = lines.take("an order")
    if (head := _ORDER.match(start.text)) is None:
        raise lines.fail(start, "", "must be 'Order <number> number of articles <number>'", start.text[:40])
    order = ReadOrder(start, load=float(head[2]))
    for _ in range(int(head[2])):
        line = lines.take(f"all lines of order {head[1]}")
        if line.text.startswith("Order"):
            raise lines.fail(line, "", f"order {head[1]} must have {head[2]} lines before the next one", line.text[:40])
        if (found := _LINE.match(line.text)) is None:
            lines.fault(line, "", "must be '<number> Aisle <a> Location <l>'", line.text[:40])
            continue
        side = lines.whole(line, "Aisle", found[2], most=2 * HALL.n_aisles - 1, hint="a pick outside the layout")
        cell = lines.whole(line, "Location", found[3], most=HALL.n_cells - 1, hint="a pick outside the layout")
        order.places.append((side // 2, HALL.cell_position_m(cell)))
    return order
