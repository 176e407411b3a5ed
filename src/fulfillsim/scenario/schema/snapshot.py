"""What is open when the run begins: the tables of a snapshot, and which of their columns means what."""

from __future__ import annotations

from pydantic import Field

from fulfillsim.scenario.fields import Moment
from fulfillsim.scenario.schema.base import FileName, Name, Section, usually


class SnapshotTable(Section):
    """A table: CSV, Parquet or a sheet of a workbook."""

    table: FileName = Field(description="May lie outside the scenario's folder.")
    columns: dict[Name, Name] = usually({}, description="Our name to theirs: {order: Order No, placed: Created at}.")


class OrdersTable(SnapshotTable):
    """Open orders, a row for each."""

    stages: dict[Name, Name] = usually({}, description="Their words for stages to ours: {In picking: picking}.")


class Snapshot(Section):
    """Open orders, stock and people at one moment."""

    at: Moment = Field(description="When it was taken, on the first day: 2026-03-02T10:00.")
    orders: OrdersTable = Field(
        description="order, placed, stage; and any of since, promise, due, channel, client, zone, service, priority, "
        "gift, carrier, received, cleared, accepted, allocated, released, picked."
    )
    lines: SnapshotTable | None = usually(None, description="order, sku, units; and reserved (yes or no).")
    stock: SnapshotTable | None = usually(None, description="sku, on_hand; SKUs left out have nothing.")
    on_order: SnapshotTable | None = usually(None, description="sku, units, due: what suppliers still owe.")
    people: SnapshotTable | None = usually(None, description="role, shift, heads: who is there at that moment.")
