"""A world of two carriers and a trace written by hand: four orders fit on the screen."""

from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.clock import Days, WorkCalendar
from fulfillsim.domain.communication import Communication
from fulfillsim.domain.delivery import Carrier, CarrierService, Delivery
from fulfillsim.domain.demand import Arrivals, Channel, Content, Demand
from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release
from fulfillsim.domain.processing import Processing, Promise, Verification
from fulfillsim.domain.records import TABLES, ContactEnd, ContactReason, Milestone, Notice, StockMove, WorkerState
from fulfillsim.domain.staff import Break, Duty, Role, Shift, Skill
from fulfillsim.domain.stock import Inventory
from fulfillsim.domain.tariff import Tariff, weight_breaks
from fulfillsim.domain.work import Station, Step, WorkTime
from fulfillsim.domain.world import World
from fulfillsim.kpi import compute
from fulfillsim.sampling.distributions import Deterministic

H, D = 3600.0, 86_400.0
MONDAY = date(2026, 3, 2)
ONE = Deterministic(1.0)


def _station(name):
    return Station(name, WorkTime(60.0, ONE))


def _carrier(name, week):
    return Carrier(name, WorkCalendar(name, tuple(bool(int(week[day % 7])) for day in range(10))), ())


def _service(name, carrier):
    rates = Tariff(weight_breaks({"all": {30.0: 5.0}}))
    return CarrierService(name, carrier, (1, 2), (0,), (1.0,), rates)


def _channel(name, kind="web", capture=None):
    arrivals = Arrivals(np.array([0.0, 4 * D]), np.array([10.0]))
    return Channel(name, kind, arrivals, Content(ONE, ONE), capture=capture)


def _staff():
    early = tuple(
        Duty(day * D + 8 * H, day * D + 16 * H, (Break(day * D + 12 * H, day * D + 12.5 * H, paid=False),))
        for day in range(4)
    )
    pickers = Role("pickers", (Skill("picking"), Skill("packing", 2)), (Shift("early", 2, early),), 20.0, 0.1)
    agents = Role("agents", (Skill("calls"),), (Shift("long", 1, (Duty(0.0, 4 * D),)),), 10.0)
    return pickers, agents


def make_world():
    """Four days from Monday 2 March 2026: one of warm-up, two of window, one of drain."""
    days = Days(MONDAY.toordinal(), tuple(day * D for day in range(11)), 1, 2, 1, "Europe/Berlin")
    every_day = WorkCalendar("warehouse", (True,) * 10)
    return World(
        "tiny",
        days,
        Demand((_channel("web"), _channel("phone", "phone", _station("calls"))), ("near", "far"), ("standard",)),
        staff=_staff(),
        catalog=Catalog(
            ("A", "B"), np.ones(2), np.ones(2), np.ones(2), np.array([10.0, 20.0]), np.zeros(2, np.bool_),
            np.zeros(2, np.int32), np.zeros(2), np.zeros(2, np.int16),
        ),
        processing=Processing(
            Verification(), (), (Promise("standard", "cutoff_quote", (14 * H,) * 10, 0, (0, 1)),), every_day
        ),
        inventory=Inventory(
            np.array([10, 10]), "none", np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(2, np.int64),
            np.full(2, -1, np.int16), (), holding_cost_share_per_year=0.365, shortage_cost_per_order=7.0,
        ),
        fulfillment=Fulfillment(
            Release(), Picking((PickZone("all", _station("picking")),), Batch()), (Step(_station("packing")),),
            packaging_cost=0.5,
        ),
        delivery=Delivery(
            (_carrier("north", "1111100"), _carrier("south", "1111111")),
            (_service("north standard", 0), _service("south standard", 1)),
            lateness_cost_per_order=3.0,
        ),
        communication=Communication(contact=_station("calls"), contact_cost=2.0),
    )  # fmt: skip


@dataclass
class HandTrace:
    """A trace of n single-line orders of SKU 0, written down row by row."""

    n: int = 4
    units: tuple[int, ...] = (1, 1, 1, 1)
    end_s: float = 4 * D
    stock_start: np.ndarray = field(default_factory=lambda: np.array([10, 10]))

    def __post_init__(self):
        names = [("picking", "tour"), ("packing", "order"), ("calls", "order")]
        self.stations = tuple(SimpleNamespace(name=name, items=items, staffed=True) for name, items in names)
        crew = [("pickers.early.1", 0, "early"), ("pickers.early.2", 0, "early"), ("agents.long.1", 1, "long")]
        self.workers = tuple(SimpleNamespace(name=name, role=role, shift=shift) for name, role, shift in crew)
        self.rows = {table: [] for table in TABLES}
        n = self.n
        self.tape = SimpleNamespace(
            placed_s=np.full(n, D), channel=np.zeros(n, np.int16), client=np.zeros(n, np.int16),
            zone=np.arange(n, dtype=np.int16) % 2,
            service=np.zeros(n, np.int16), priority=np.zeros(n, np.int16), capture_error=np.zeros(n, np.bool_),
            line_start=np.arange(n + 1), sku=np.zeros(n, np.int32), quantity=np.array(self.units[:n], np.int32),
        )  # fmt: skip

    def columns(self, table):
        values = np.array(self.rows[table], dtype=np.float64).reshape(-1, len(TABLES[table]))
        return dict(zip(TABLES[table], values.T, strict=True))

    def add(self, table, *row):
        self.rows[table].append(row)

    def order(self, order, **moments):
        """Milestones by name: ``received=D``."""
        for name, time_s in moments.items():
            self.add("milestones", order, Milestone[name.upper()], time_s)

    def promise(self, order, made, due, promise):
        self.add("promises", order, made, promise, due, 0, 1)

    def parcel(self, order, departed, delivered, attempted=None, **more):
        facts = {"service": 0, "units": 1, "cost": 5.0, "quoted": 1, "lost": 0, "wrong": 0} | more
        facts = {"carton": -1, "content_l": 1.0, "billed_kg": 1.0, "damaged": 0} | facts
        self.add(
            "parcels", order, facts["service"], facts["units"], 1.0, facts["cost"], departed - H, departed,
            facts["quoted"], delivered if attempted is None else attempted, delivered, facts["lost"], facts["wrong"],
            facts["carton"], facts["content_l"], facts["billed_kg"], facts["damaged"],
        )  # fmt: skip

    def visit(self, item, station, worker, queued, started, ended):
        place = [s.name for s in self.stations].index(station)
        self.add("visits", item, place, worker, queued, started, ended)

    def on(self, worker, start, end, state=WorkerState.ON):
        self.add("duty", worker, state, start, end)

    def stock(self, kind, units, time_s, sku=0):
        self.add("stock", sku, StockMove[kind.upper()], units, time_s)

    def notice(self, order, kind, time_s):
        self.add("notices", order, Notice[kind.upper()], time_s)

    def contact_end(self, contact, kind, time_s):
        self.add("contact_ends", contact, ContactEnd[kind.upper()], time_s)

    def contact(self, order, time_s, reason=ContactReason.LATE):
        self.add("contacts", len(self.rows["contacts"]), order, reason, time_s)


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def bare_world():
    """The same without promises, stock, delivery and communication: orders leave after packing."""
    return replace(make_world(), processing=None, inventory=None, delivery=None, communication=None)


@pytest.fixture
def trace():
    return HandTrace()


@pytest.fixture
def new_trace():
    return HandTrace


@pytest.fixture
def kpis():
    """KPI name -> value of the whole window, or of what it is cut by."""

    def read(world, trace, *by):
        values = compute(world, trace, by)
        if not by:
            return {v.name: v.value for v in values}
        return {(v.name, *(v.cut[key] for key in by)): v.value for v in values}

    return read
