"""A snapshot as the tables that a scenario can begin with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.world import World
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.snapshot import Still

if TYPE_CHECKING:
    import pandas as pd


def snapshot_frames(world: World, still: Still) -> dict[str, pd.DataFrame]:
    """Frames ``orders``, ``lines``, ``stock``, ``on_order`` and ``people``; times are local, without an offset.

    Those about goods are missing where the operation has none.
    """
    import pandas as pd

    snapshot, orders = still.snapshot, still.snapshot.orders

    def local(time_s: NDArray[np.float64]) -> NDArray[np.datetime64]:
        return local_times(time_s, world.days)

    def named(codes: Any, names: Any) -> list[str]:
        return [names[code] for code in codes.tolist()]

    demand = world.demand
    frames = {
        "orders": pd.DataFrame(
            {
                "order": list(orders.order_id),
                "placed": local(orders.arrival_s),
                "stage": list(snapshot.stage),
                "since": local(snapshot.since_s),
                "promise": local(snapshot.promise_s),
                "due": local(snapshot.due_departure_s),
                "channel": named(orders.channel, [channel.name for channel in demand.channels]),
                **({"client": named(orders.client, demand.clients)} if len(demand.clients) > 1 else {}),
                "zone": named(orders.zone, demand.zones),
                "service": named(orders.service, demand.services),
                "priority": orders.priority,
                "gift": np.where(orders.gift if orders.gift is not None else False, "yes", "no"),
                "carrier": _services(world, snapshot.lane),
                **{kind.name.lower(): local(time_s) for kind, time_s in snapshot.moments.items()},
            }
        )
    }
    if world.catalog is not None:
        counts = np.diff(orders.line_start)
        frames["lines"] = pd.DataFrame(
            {
                "order": np.repeat(np.array(orders.order_id, dtype=object), counts),
                "sku": named(orders.sku, world.catalog.names),
                "units": orders.quantity,
                "reserved": np.where(snapshot.reserved, "yes", "no"),
            }
        )
    if world.inventory is not None and world.catalog is not None:
        frames["stock"] = pd.DataFrame({"sku": list(world.catalog.names), "on_hand": still.on_hand})
        frames["on_order"] = pd.DataFrame(
            {
                "sku": named(snapshot.inbound_sku, world.catalog.names),
                "units": snapshot.inbound_units,
                "due": local(snapshot.inbound_due_s),
            }
        )
    if still.people:
        rows = [(*who, heads) for who, heads in still.people.items()]
        frames["people"] = pd.DataFrame(rows, columns=["role", "shift", "heads"])
    return frames


def _services(world: World, lane: NDArray[np.int64]) -> list[str | None]:
    names = [service.name for service in world.delivery.services] if world.delivery else []
    return [names[index] if index >= 0 else None for index in lane.tolist()]


def write_snapshot(frames: Mapping[str, pd.DataFrame], folder: str | Path) -> dict[str, Path]:
    """Write each frame that has rows to ``folder/<name>.csv``; returns the files by name."""
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"{name}.csv" for name, frame in frames.items() if len(frame)}
    for name, file in files.items():
        frames[name].to_csv(file, index=False, date_format="%Y-%m-%dT%H:%M:%S.%f")
    return files


def beginning_of(world: World, at_s: float, files: Mapping[str, Path]) -> dict[str, Any]:
    """Settings that let a scenario begin with a snapshot that was written."""
    at = local_times(np.array([at_s]), world.days).astype("datetime64[s]")[0].item()
    tables = {name: {"table": str(file)} for name, file in files.items()}
    snapshot = {"at": at.strftime("%Y-%m-%dT%H:%M:%S"), **tables}
    return {"start": at.strftime("%Y-%m-%d"), "begin": "given", "snapshot": snapshot}
