from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import Demand
from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, Release
from fulfillsim.domain.processing import Processing, Promise, Verification
from fulfillsim.domain.records import TABLES, Milestone, StockMove, WorkerState
from fulfillsim.domain.staff import Role
from fulfillsim.domain.stock import Inventory
from fulfillsim.domain.world import World

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


@dataclass
class HandTrace:
    """A trace written by hand: rows by table, times in hours."""

    tape: SimpleNamespace
    rows: dict = field(default_factory=dict)
    stations: tuple = ()
    workers: tuple = ()
    stock_start: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    end_s: float = DAY_S

    def columns(self, table):
        names = TABLES[table]
        values = np.array(self.rows.get(table, []), float).reshape(-1, len(names))
        return {name: values[:, i] for i, name in enumerate(names)}


def catalog(*names):
    zeros = np.zeros(len(names))
    flags, aisle, zone = zeros.astype(bool), zeros.astype(np.int32), zeros.astype(np.int16)
    return Catalog(names, zeros + 1, zeros, zeros, zeros, flags, aisle, zeros, zone)


@pytest.fixture
def world():
    """One day; pickers and packers; two SKUs with reorder points 4 and 1; nobody delivers."""
    days = Days(733_000, (0.0, DAY_S, 2 * DAY_S), 0, 1, 0, "Europe/London")
    units = np.array([4, 1], np.int64)
    return World(
        name="shop",
        days=days,
        demand=Demand(channels=(SimpleNamespace(name="web"),)),
        staff=(Role("pickers", (), ()), Role("packers", (), ())),
        catalog=catalog("apple", "pear"),
        processing=Processing(Verification(), (), (Promise("standard", "fixed_days", (), 0, ()),), None),
        inventory=Inventory(units, "rq", units, units, units, np.zeros(2, np.int16), ()),
        fulfillment=Fulfillment(Release(), Picking((), Batch()), ()),
    )


@pytest.fixture
def trace():
    """Order 0 runs 8:00-12:00, order 1 is refused at 9:00, order 2 still stands at the dock."""
    tape = SimpleNamespace(
        placed_s=np.array([8, 8.5, 9]) * HOUR_S,
        channel=np.zeros(3, np.int16),
        zone=np.zeros(3, np.int16),
        service=np.zeros(3, np.int16),
        priority=np.zeros(3, np.int16),
        client=np.zeros(3, np.int16),
        line_start=np.array([0, 2, 3, 4]),
        sku=np.array([0, 1, 1, 0], np.int32),
        quantity=np.array([3, 1, 1, 2], np.int32),
        order_id=("A", "B", "C"),
    )
    happened = [
        (0, Milestone.RECEIVED, 8),
        (0, Milestone.ACCEPTED, 9),
        (0, Milestone.RELEASED, 9),
        (0, Milestone.PICKED, 10),
        (0, Milestone.STAGED, 11),
        (0, Milestone.LEFT, 12),
        (1, Milestone.RECEIVED, 8.5),
        (1, Milestone.REFUSED, 9),
        (2, Milestone.RECEIVED, 9),
        (2, Milestone.ACCEPTED, 9),
        (2, Milestone.RELEASED, 10),
        (2, Milestone.PICKED, 10.5),
        (2, Milestone.STAGED, 11),
    ]
    rows = {
        "milestones": [(order, kind, hour * HOUR_S) for order, kind, hour in happened],
        "promises": [
            (0, 9 * HOUR_S, 20 * HOUR_S, 13 * HOUR_S, -1, 0),
            (2, 9 * HOUR_S, 20 * HOUR_S, 10 * HOUR_S, -1, 0),
        ],
        "visits": [
            (0, 0, 0, 9 * HOUR_S, 9 * HOUR_S, 10 * HOUR_S),
            (1, 0, 0, 10 * HOUR_S, 10 * HOUR_S, 10.5 * HOUR_S),
            (0, 1, 1, 10 * HOUR_S, 10.75 * HOUR_S, 11.25 * HOUR_S),
            (0, 2, -1, 8 * HOUR_S, 8 * HOUR_S, 9 * HOUR_S),
        ],
        "duty": [
            (0, WorkerState.ON, 8 * HOUR_S, 10.25 * HOUR_S),
            (0, WorkerState.LEAVING, 10.25 * HOUR_S, 10.5 * HOUR_S),
            (1, WorkerState.ON, 10.5 * HOUR_S, 12 * HOUR_S),
        ],
        "stock": [
            (0, StockMove.RESERVED, 3, 9 * HOUR_S),
            (0, StockMove.PICKED, 3, 10 * HOUR_S),
            (1, StockMove.PICKED, 1, 10 * HOUR_S),
            (0, StockMove.PUT_AWAY, 6, 11 * HOUR_S),
        ],
    }
    stations = [("picking", "tour", True), ("packing", "order", True), ("checks", "order", False)]
    return HandTrace(
        tape,
        rows,
        tuple(SimpleNamespace(name=n, items=i, staffed=s) for n, i, s in stations),
        (
            SimpleNamespace(name="pickers early 1", role=0, shift="early"),
            SimpleNamespace(name="packers early 1", role=1, shift="early"),
        ),
        np.array([5, 2]),
    )
