"""The journey of one order: what happened to it step by step, and what its customer was told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.domain.records import ContactEnd, ContactReason, Milestone, Notice, Scan
from fulfillsim.domain.world import World
from fulfillsim.errors import UnknownNameError
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.style import BLUE, GREEN, PINK, VERMILLION, axes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Step = tuple[float, str, str]
"""Second, kind (a key of `KINDS`), and what happened in words."""

KINDS = {"order": (BLUE, "o"), "work": (GREEN, "s"), "parcel": (VERMILLION, "D"), "customer": (PINK, "^")}
"""Kind of a step -> color and marker: the order's milestones, work on it, its parcels, and words with the customer."""

WORDS = {
    Milestone.RECEIVED: "received: its details are in the system",
    Milestone.CLEARED: "all checks passed",
    Milestone.ACCEPTED: "accepted",
    Milestone.BACKORDERED: "waits for goods",
    Milestone.ALLOCATED: "goods reserved",
    Milestone.RELEASED: "released for picking",
    Milestone.PICKED: "all goods picked",
    Milestone.STAGED: "packed, at the dock",
    Milestone.HELD: "held for a check",
    Milestone.DUPLICATE: "cancelled: a duplicate",
    Milestone.REFUSED: "refused by the seller",
    Milestone.OUT_OF_STOCK: "cancelled: out of stock",
    Milestone.HUNG_UP: "the caller hung up",
    Milestone.BLOCKED: "every line was busy",
    Milestone.LEFT: "done",
}


def find_order(trace: Trace, order: int | str) -> int:
    """Row of an order by its number in the run, or by its identifier in a replayed history.

    Raises
    ------
    UnknownNameError
        If there is no such order.
    """
    n = len(trace.tape.placed_s)
    names = list(getattr(trace.tape, "order_id", None) or ())
    if str(order) in names:
        return names.index(str(order))
    if str(order).isdigit() and int(order) < n:
        return int(order)
    raise UnknownNameError("order", str(order), names[:1000] or (f"0 to {n - 1}",))


def journey_frame(world: World, trace: Trace, order: int | str) -> pd.DataFrame:
    """Everything that happened to one order, in the order of time.

    Returns
    -------
    Frame with ``time_s``, ``local_time``, ``kind`` (``order``, ``work``, ``parcel``, ``customer``) and ``what``.
    """
    import pandas as pd

    row = find_order(trace, order)
    parts = (_order(world, trace, row), _work(trace, row), _parcels(world, trace, row), _customer(world, trace, row))
    steps = sorted((step for part in parts for step in part), key=lambda step: step[0])
    time_s = np.array([step[0] for step in steps])
    columns = {"kind": [step[1] for step in steps], "what": [step[2] for step in steps]}
    return pd.DataFrame({"time_s": time_s, "local_time": local_times(time_s, world.days)} | columns)


def _rows(trace: Trace, table: str, column: str, value: int) -> list[dict[str, float]]:
    """Rows of a table in which a column has a value."""
    columns = trace.columns(table)
    here = np.flatnonzero(columns[column] == value)
    return [{name: float(values[i]) for name, values in columns.items()} for i in here]


def _order(world: World, trace: Trace, order: int) -> Iterator[Step]:
    tape = trace.tape
    first, last = int(tape.line_start[order]), int(tape.line_start[order + 1])
    units = int(np.sum(tape.quantity[first:last]))
    channel = world.demand.channels[int(tape.channel[order])].name
    size = f"{_n(last - first, 'line')}, {_n(units, 'unit')}"
    yield float(tape.placed_s[order]), "order", f"placed ({channel}): {size}"
    for row in _rows(trace, "milestones", "order", order):
        yield row["time_s"], "order", WORDS[Milestone(int(row["kind"]))]
    for row in _rows(trace, "promises", "order", order):
        if np.isfinite(row["promise_s"]):
            yield row["made_s"], "order", f"promised for {_stamp(world, row['promise_s'])}"


def _n(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _stamp(world: World, time_s: float) -> str:
    return f"{local_times(np.array([time_s]), world.days)[0].item():%a %d %b %H:%M}"


def _work(trace: Trace, order: int) -> Iterator[Step]:
    """Visits of the order itself, and of the tours that collected it."""
    tours = {int(row["tour"]): row for row in _rows(trace, "tour_orders", "order", order)}
    visits = trace.columns("visits")
    kinds = np.array([station.items for station in trace.stations])[visits["station"].astype(np.int64)]
    mine = ((kinds == "order") & (visits["item"] == order)) | ((kinds == "tour") & np.isin(visits["item"], list(tours)))
    for i in np.flatnonzero(mine):
        yield from _visit(trace, {name: float(values[i]) for name, values in visits.items()})


def _visit(trace: Trace, row: dict[str, float]) -> Iterator[Step]:
    station, worker = trace.stations[int(row["station"])], int(row["worker"])
    name = f"{station.name} (tour {int(row['item'])})" if station.items == "tour" else station.name
    if not np.isfinite(row["started_s"]):
        if np.isfinite(row["queued_s"]):
            yield row["queued_s"], "work", f"{name}: queued, never begun"
        return
    by = f" by {trace.workers[worker].name}" if worker >= 0 else ""
    waited = row["started_s"] - row["queued_s"]
    after = f" after {_span(waited)}" if waited >= 1.0 else ""
    took = f", {_span(row['ended_s'] - row['started_s'])}" if np.isfinite(row["ended_s"]) else ", not ended"
    yield row["started_s"], "work", f"{name}{by}{after}{took}"


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _parcels(world: World, trace: Trace, order: int) -> Iterator[Step]:
    columns = trace.columns("parcels")
    services = world.delivery.services if world.delivery is not None else ()
    for number, parcel in enumerate(np.flatnonzero(columns["order"] == order), 1):
        service = services[int(columns["carrier_service"][parcel])].name if services else "carrier"
        units = _n(int(columns["units"][parcel]), "unit")
        yield float(columns["departed_s"][parcel]), "parcel", f"parcel {number} left with {service}: {units}"
        told = _rows(trace, "scans", "parcel", int(parcel))
        for row in told:
            yield row["time_s"], "parcel", f"parcel {number}: {Scan(int(row['kind'])).name.lower().replace('_', ' ')}"
        done_s = float(columns["delivered_s"][parcel])
        if np.isfinite(done_s) and not any(Scan(int(row["kind"])) is Scan.DELIVERED for row in told):
            yield done_s, "parcel", f"parcel {number}: delivered"


def _customer(world: World, trace: Trace, order: int) -> Iterator[Step]:
    """Messages sent, and questions asked."""
    del world
    for row in _rows(trace, "notices", "order", order):
        notice = Notice(int(row["kind"])).name.lower().replace("_", " ")
        yield row["time_s"], "customer", f"message: {notice}"
    for row in _rows(trace, "contacts", "order", order):
        reason = ContactReason(int(row["reason"])).name.lower().replace("_", " ")
        yield row["time_s"], "customer", f"the customer asks ({reason})"
        for end in _rows(trace, "contact_ends", "contact", int(row["contact"])):
            word = ContactEnd(int(end["kind"])).name.lower().replace("_", " ")
            yield end["time_s"], "customer", f"the question ends: {word}"


def plot_journey(world: World, trace: Trace, order: int | str, ax: Axes | None = None) -> Axes:
    """Draw `journey_frame`: steps from top to bottom, each with its time; what the customer saw stands apart."""
    frame = journey_frame(world, trace, order)
    if ax is None:
        ax = axes(None)
        figure = ax.get_figure(root=True)
        assert figure is not None
        figure.set_size_inches(9.0, max(3.0, 0.27 * len(frame) + 1.2))
    places = np.arange(len(frame))
    ax.plot(np.zeros(len(frame)), places, color="0.75", linewidth=2.0, zorder=1)
    for kind, (color, marker) in KINDS.items():
        mine = np.flatnonzero(frame["kind"] == kind)
        if len(mine):
            ax.scatter(np.zeros(len(mine)), mine, s=42, color=color, marker=marker, zorder=2, label=kind)
    for place, step in enumerate(frame.itertuples()):
        weight = "bold" if step.kind == "customer" else "normal"
        ax.text(-0.03, place, f"{step.local_time:%a %d %b %H:%M:%S}", ha="right", va="center", fontsize="small")
        ax.text(0.03, place, str(step.what), ha="left", va="center", fontsize="small", fontweight=weight)
    ax.set_xlim(-0.4, 1.0)
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.set_axis_off()
    ax.legend(loc="lower right", frameon=False)
    ax.set_title(f"Journey of order {order} (local time, {world.days.zone})")
    return ax
