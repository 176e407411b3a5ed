"""The tables of a trace as frames that a planner can read: names instead of indices, units in the headers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import (
    TABLES,
    ContactEnd,
    ContactReason,
    Discrepancy,
    Milestone,
    Notice,
    Scan,
    ShortPick,
    SlotMove,
    StockMove,
    WorkerState,
)
from fulfillsim.domain.world import World
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.protocols import Trace

if TYPE_CHECKING:
    import pandas as pd

_COUNTS = frozenset({"item", "order", "tour", "parcel", "contact", "delivery", "route", "task", "units", "quoted_days"})
_FLAGS = frozenset({"lost", "wrong", "opened"})
_KINDS: dict[str, type[IntEnum]] = {
    "milestones": Milestone,
    "notices": Notice,
    "contact_ends": ContactEnd,
    "scans": Scan,
    "stock": StockMove,
    "shorts": ShortPick,
    "slot_moves": SlotMove,
    "discrepancies": Discrepancy,
}


def trace_frames(world: World, trace: Trace) -> dict[str, pd.DataFrame]:
    """All tables of a trace by name, with ``orders`` and ``lines`` of the tape.

    Times are seconds since clock zero, NaN for what did not happen; names are categories; orders, tours and the like
    are numbers as in the trace. ``visits.items`` says what ``visits.item`` counts.
    """
    frames = {table: _frame(world, trace, table) for table in TABLES}
    return {"orders": _orders(world, trace), "lines": _lines(world, trace)} | frames


def write_frames(frames: Mapping[str, pd.DataFrame], folder: str | Path) -> list[Path]:
    """Write each frame to ``folder/<name>.parquet`` and return the files; a file is there whole or not at all."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return [write_parquet(frame, folder / f"{name}.parquet") for name, frame in frames.items()]


def write_parquet(frame: pd.DataFrame, file: Path) -> Path:
    """Write a frame beside its place, then rename it into it."""
    unfinished = file.with_name(f".{file.name}.part")
    try:
        frame.to_parquet(unfinished, index=False)
        os.replace(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)
    return file


def _frame(world: World, trace: Trace, table: str) -> pd.DataFrame:
    import pandas as pd

    names = _names(world, trace, table)
    columns: dict[str, object] = {}
    for column, values in trace.columns(table).items():
        if column in names:
            columns[column] = _named(values, names[column])
        elif column in _FLAGS:
            columns[column] = values > 0
        elif column in _COUNTS or column.startswith("n_"):
            columns[column] = _counted(values)
        else:
            columns[f"cost_{world.currency.lower()}" if column == "cost" else column] = values
    if table == "visits":
        kinds = list(dict.fromkeys(station.items for station in trace.stations))
        of_station = np.array([kinds.index(station.items) for station in trace.stations], np.int64)
        columns["items"] = _named(of_station[trace.columns(table)["station"].astype(np.int64)], kinds)
        columns["role"] = _named(_roles(trace), [role.name for role in world.staff])
    return pd.DataFrame(columns)


def _counted(values: NDArray[np.float64]) -> NDArray[np.int64] | NDArray[np.float64]:
    """Whole numbers as such; as they are where one of them is not known yet (units still under way)."""
    return values if np.isnan(values).any() else values.astype(np.int64)


def _roles(trace: Trace) -> NDArray[np.int64]:
    """Role behind each visit, -1 where nobody is needed."""
    roles = np.array([*(worker.role for worker in trace.workers), -1], np.int64)
    return roles[trace.columns("visits")["worker"].astype(np.int64)]


def _names(world: World, trace: Trace, table: str) -> dict[str, Sequence[str]]:
    """Names by column for the columns of a table that are indices."""
    delivery, inventory, plan = world.delivery, world.inventory, world.fulfillment
    pickings = plan.pickings if plan is not None else ()
    names: dict[str, Sequence[str]] = {
        "station": [station.name for station in trace.stations],
        "worker": [worker.name for worker in trace.workers],
        "carrier_service": [service.name for service in delivery.services] if delivery else [],
        "carrier": [carrier.name for carrier in delivery.carriers] if delivery else [],
        "van": [van.name for van in delivery.fleet.vans] if delivery and delivery.fleet else [],
        "sku": world.catalog.names if world.catalog is not None else [],
        "supplier": [supplier.name for supplier in inventory.suppliers] if inventory else [],
        "zone": [zone.name for picking in pickings for zone in picking.zones],
        "path": [path.name for path in plan.paths] if plan is not None else [],
        "reason": _enum_names(ContactReason),
        "state": _enum_names(WorkerState),
    }
    return names | ({"kind": _enum_names(_KINDS[table])} if table in _KINDS else {})


def _enum_names(kind: type[IntEnum]) -> list[str]:
    return [member.name.lower() for member in kind]


def _named(codes: NDArray[np.generic], names: Sequence[str]) -> pd.Categorical:
    """Names for indices, missing where an index is -1; names that occur twice get their index behind them."""
    import pandas as pd

    if len(set(names)) < len(names):
        names = [f"{name} {index}" if list(names).count(name) > 1 else name for index, name in enumerate(names)]
    return pd.Categorical.from_codes(codes.astype(np.int64), pd.Index(list(names), dtype="str"))


def _orders(world: World, trace: Trace) -> pd.DataFrame:
    import pandas as pd

    tape, demand = trace.tape, world.demand
    n = len(tape.placed_s)
    why_late = Facts(world, trace).run.why_late
    running = np.concatenate([[0], np.cumsum(tape.quantity, dtype=np.int64)])
    order_id = getattr(tape, "order_id", None) or ()
    return pd.DataFrame(
        {
            "order": np.arange(n),
            "order_id": pd.Series(order_id if len(order_id) == n else [None] * n, dtype="str"),
            "placed_s": tape.placed_s,
            "channel": _named(tape.channel, [channel.name for channel in demand.channels]),
            "client": _named(tape.client, demand.clients),
            "zone": _named(tape.zone, demand.zones),
            "service": _named(tape.service, demand.services),
            "priority": tape.priority,
            "n_lines": np.diff(tape.line_start),
            "n_units": running[tape.line_start[1:]] - running[tape.line_start[:-1]],
            "late_because": _named(why_late.code, why_late.causes),
        }
    )


def _lines(world: World, trace: Trace) -> pd.DataFrame:
    import pandas as pd

    tape = trace.tape
    order = np.repeat(np.arange(len(tape.placed_s)), np.diff(tape.line_start))
    sku = _named(tape.sku, world.catalog.names) if world.catalog is not None else tape.sku
    return pd.DataFrame({"order": order, "sku": sku, "quantity": tape.quantity})
