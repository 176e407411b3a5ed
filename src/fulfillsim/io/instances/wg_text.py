"""The text format of Wahlen and Gschwind: a header of keys, then articles, places and orders.

Cell 0 lies at the back: cells are counted from the top, where the header's ``BOTTOM`` is the front. Read the other way
round, only routings that are symmetric keep their values.

References
----------
Wahlen and Gschwind (2023), Branch-price-and-cut-based solution of order batching problems, Transportation
Science 57(3).
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.io.instances.building import ReadOrder, built
from fulfillsim.io.instances.scanner import Line, Scanner
from fulfillsim.optim.batching.instance import BatchingInstance

_ONLY = {"LAYOUT": "single-block", "DISTANCE_TOP_OR_BOTTOM_TO_DEPOT": "0"}
"""Keys of which one value is known."""

_WHOLE = ("NUM_AISLES", "NUM_CELLS")
_METRES = (
    "DISTANCE_AISLE_TO_AISLE",
    "DISTANCE_CELL_TO_CELL",
    "DISTANCE_TOP_TO_CELL",
    "DISTANCE_BOTTOM_TO_CELL",
)


def read_wg_text(file: Path) -> BatchingInstance:
    """Read an instance; one without ``PICKER_CAPACITY`` is a single order on a cart without limit.

    Raises
    ------
    DataError
        With all faults of the file, each with its line.
    """
    lines = Scanner(file)
    header = _header(lines)
    layout = _layout(lines, header)
    capacity = float("inf")
    if "PICKER_CAPACITY" in header:
        line, text = header["PICKER_CAPACITY"]
        capacity = lines.whole(line, "PICKER_CAPACITY", text, least=1)
    weights = _weights(lines)
    places = _places(lines, layout)
    orders = _orders(lines, places, weights)
    if len(orders) > 1 and "PICKER_CAPACITY" not in header:
        lines.fault(orders[0].line, "PICKER_CAPACITY", "must be in the header: several orders need a cart")
    return built(lines, layout, orders, float(capacity))


_KEYS = (*_WHOLE, *_METRES, *_ONLY, "PICKER_CAPACITY", "DEPOT_AISLE", "DEPOT_LOCATION")
_MORE = ("QUANTITY", "LEFT_RIGHT_HAND_SIDE", "WEIGHT")
"""Keys of an entry that may be there and are not needed."""

Header = dict[str, tuple[Line, str]]


def _header(lines: Scanner) -> Header:
    """Keys and values up to the first section."""
    found: Header = {}
    while not lines.ahead.text.endswith("_SECTION"):
        line = lines.take("ARTICLE_SECTION")
        key, colon, value = line.text.partition(":")
        if not colon:
            lines.fault(line, "", "must be KEY : value, or a section", line.text[:40])
        found[key.strip()] = line, value.strip()
    return found


def _layout(lines: Scanner, header: Header) -> RectangularLayout:
    """The building of a header, or all that is wrong with it: without a building no place can be checked."""
    end = lines.ahead
    for key, (line, _) in header.items():
        if key not in _KEYS and (meant := get_close_matches(key, _KEYS, 1, 0.8)):
            lines.fault(line, key, "must be a key of the format", hint=f"did you mean {meant[0]}?")
    for key in (*_WHOLE, *_METRES, "DEPOT_AISLE"):
        if key not in header:
            lines.fault(end, key, "must be in the header")
    for key, only in _ONLY.items():
        if key in header and header[key][1] != only:
            lines.fault(header[key][0], key, f"must be {only}: no other is known", header[key][1])
    whole = {key: lines.whole(header[key][0], key, header[key][1], least=1) for key in _WHOLE if key in header}
    metres = {key: lines.metres(header[key][0], key, header[key][1]) for key in _METRES if key in header}
    most = whole.get("NUM_AISLES", 1) - 1
    depot = (
        lines.whole(header["DEPOT_AISLE"][0], "DEPOT_AISLE", header["DEPOT_AISLE"][1], 0, most)
        if "DEPOT_AISLE" in header
        else 0
    )
    line, where = header.get("DEPOT_LOCATION", (end, "bottom"))
    if where not in ("bottom", "top"):
        lines.fault(line, "DEPOT_LOCATION", "must be bottom or top", where)
    lines.check()
    spacing_m, cell_m, top_m, bottom_m = (metres[key] for key in _METRES)
    if (length_m := bottom_m + (whole["NUM_CELLS"] - 1) * cell_m + top_m) <= 0:
        raise lines.fail(
            header["NUM_CELLS"][0], "", "the aisles must have a length: cells and ends take no metre", length_m
        )
    return RectangularLayout(
        n_aisles=whole["NUM_AISLES"],
        n_cells=whole["NUM_CELLS"],
        aisle_spacing_m=spacing_m,
        cell_m=cell_m,
        end_m=bottom_m,
        depot_aisle=depot,
        cross_aisles_m=(0.0, length_m),
        depot_cross_aisle=int(where == "top"),
    )


def _section(lines: Scanner, name: str) -> None:
    line = lines.take(name)
    if line.text != name:
        raise lines.fail(line, "", f"must be {name}", line.text[:40])


def _count(lines: Scanner, *keys: str) -> tuple[str, int]:
    """Key and number of a line such as ``NUM_SKUS : 18``."""
    line = lines.take(keys[0])
    key, _, value = (part.strip() for part in line.text.partition(":"))
    if key not in keys or not value.isdecimal():
        raise lines.fail(line, keys[0], "must be followed by a colon and a whole number", line.text[:40])
    return key, int(value)


def _entry(lines: Scanner, wanted: str, *keys: str) -> tuple[Line, dict[str, int]]:
    """Whole numbers of a line such as ``ID 6 AISLE 0 CELL 5``."""
    line = lines.take(wanted)
    words = line.text.split()
    pairs = dict(zip(words[::2], words[1::2], strict=False))
    if words[0] != "ID":
        raise lines.fail(line, wanted, f"must be a line with {', '.join(keys)}", line.text[:40])
    if strange := [key for key in words[::2] if key not in (*keys, *_MORE)]:
        lines.fault(line, wanted, f"must have keys with values, such as {', '.join((*keys, *_MORE))}", strange[0])
    elif len(words) % 2:
        lines.fault(line, wanted, f"must have a value for {words[-1]}", line.text[:40])
    found = {}
    for key in keys:
        if key not in pairs:
            lines.fault(line, wanted, f"must have {key}", line.text[:40])
        else:
            found[key] = lines.whole(line, key, pairs[key])
    return line, found


def _weights(lines: Scanner) -> dict[int, int]:
    """Share of the capacity that one piece of an article takes."""
    _section(lines, "ARTICLE_SECTION")
    weights = {}
    for _ in range(_count(lines, "NUM_ARTICLES")[1]):
        line, entry = _entry(lines, "an article", "ID")
        words = line.text.split()
        weight = words[words.index("WEIGHT") + 1] if "WEIGHT" in words[:-1] else "1"
        weights[entry.get("ID", -1)] = lines.whole(line, "WEIGHT", weight)
    return weights


def _places(lines: Scanner, layout: RectangularLayout) -> dict[int, tuple[int, float]]:
    """Place of each article."""
    _section(lines, "SKU_SECTION")
    places: dict[int, tuple[int, float]] = {}
    for _ in range(_count(lines, "NUM_SKUS")[1]):
        line, entry = _entry(lines, "a place", "ID", "AISLE", "CELL")
        for key, most in (("AISLE", layout.n_aisles - 1), ("CELL", layout.n_cells - 1)):
            if not entry.get(key, 0) <= most:
                lines.fault(line, key, f"must lie in the layout, from 0 to {most}", entry[key])
        if entry.get("ID") in places:
            lines.fault(line, "ID", "must have one place only", entry["ID"])
        if len(entry) == 3:
            places[entry["ID"]] = entry["AISLE"], layout.cell_position_m(layout.n_cells - 1 - entry["CELL"])
    return places


def _orders(lines: Scanner, places: dict[int, tuple[int, float]], weights: dict[int, int]) -> list[ReadOrder]:
    _section(lines, "ORDER_SECTION")
    start = lines.ahead
    key, number = _count(lines, "NUM_ORDERS", "NUM_ARTICLES")
    if key == "NUM_ARTICLES":
        orders = [_order(lines, start, number, places, weights)]
    else:
        orders = []
        for _ in range(number):
            start = lines.ahead
            orders.append(_order(lines, start, _count(lines, "NUM_ARTICLES_IN_ORDER")[1], places, weights))
    if (line := lines.take("the line EOF")).text != "EOF":
        lines.fault(line, "", "must be the line EOF", line.text[:40], "are the numbers of orders and articles right?")
    return orders


def _order(
    lines: Scanner, start: Line, n_articles: int, places: dict[int, tuple[int, float]], weights: dict[int, int]
) -> ReadOrder:
    order = ReadOrder(start)
    for _ in range(n_articles):
        line, entry = _entry(lines, "an article of an order", "ID", "QUANTITY")
        article = entry.get("ID", -1)
        if article not in places:
            lines.fault(line, "ID", "must be an article with a place in SKU_SECTION", article)
            continue
        order.places.append(places[article])
        order.load += entry.get("QUANTITY", 0) * weights.get(article, 1)
    return order
