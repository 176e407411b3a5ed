"""Alternatives see the same chances: what a decision does not touch stays as it was, bit by bit."""

import numpy as np
import pytest

from fulfillsim.domain.records import Milestone
from fulfillsim.sampling.streams import Streams
from fulfillsim.sim import run
from fulfillsim.tape import Tape, draw_tape
from fulfillsim.testing.metamorphic import small_baseline

DAY_S = 86_400.0
WAVES = {"fulfillment.release.rule": "on_arrival", "fulfillment.release.waves": None}
CHANGES = {
    "more packers": {"staff.packers.shifts.early.headcount": 3},
    "fewer agents": {"staff.agents.shifts.late.headcount": 0},
    "packers who also pick": {"staff.packers.skills.picking": 2},
    "no waves": WAVES,
    "single orders": {"fulfillment.picking.batch.max_orders": 1, "fulfillment.picking.tour.routing": "return"},
    "first come": {"fulfillment.priority": "first_come"},
    "fastest carrier": {"delivery.choice": "fastest"},
    "one carrier less": {"delivery.carriers.postal": None, "services.standard.carriers.postal/parcel": None},
    "smaller trucks": {"delivery.carriers.parcelco.pickups.afternoon.capacity": 20},
    "other stock": {"inventory.rule": "rq", "inventory.service_level": "60 %", "inventory.shortage": "backorder"},
    "silent company": {f"communication.notices.{name}": False for name in ("confirmation", "delay", "shipped")},
}
COLUMNS = [name for name in Tape.__dataclass_fields__ if name not in ("streams", "cells", "order_id")]


class Run:
    """A traced run with all numbers that were drawn for it, by purpose and key."""

    def __init__(self, scenario, monkeypatch):
        self.drawn = {}
        with monkeypatch.context() as patch:
            for name in ("uniforms", "hashed_uniform", "hashed_uniforms"):
                patch.setattr(Streams, name, self.recording(getattr(Streams, name)))
            self.world = scenario.world()
            self.tape = draw_tape(self.world, 3, 1)
            self.trace = run(self.world, self.tape)

    def recording(self, function):
        def record(streams, purpose, *keys, **named):
            values = function(streams, purpose, *keys, **named)
            plain = tuple(key.tobytes() if isinstance(key, np.ndarray) else str(key) for key in keys)
            self.drawn[function.__name__, streams.seed, purpose, plain, str(named)] = np.copy(values)
            return values

        return record

    def column(self, table, name):
        return self.trace.columns(table)[name]

    def work(self, station):
        """Seconds of work at a station by item; nobody hands over here, and who gave up had none."""
        index = next((i for i, s in enumerate(self.trace.stations) if s.name == station), None)
        rows = (self.column("visits", "station") == index) & ~np.isnan(self.column("visits", "started_s"))
        seconds = (self.column("visits", "ended_s") - self.column("visits", "started_s"))[rows]
        return dict(zip(self.column("visits", "item")[rows].astype(int).tolist(), seconds.tolist(), strict=True))

    def orders(self, kind):
        rows = self.column("milestones", "kind") == kind
        times = self.column("milestones", "time_s")[rows].tolist()
        return dict(zip(self.column("milestones", "order")[rows].astype(int).tolist(), times, strict=True))

    def by_delivery(self, station):
        """Work on suppliers' deliveries by SKU and how many came before, for one unit size."""
        work = self.work(station)
        count, found = {}, {}
        order = np.argsort(self.column("deliveries", "delivery"))
        for number, sku in zip(
            *(self.column("deliveries", c)[order].astype(int) for c in ("delivery", "sku")), strict=True
        ):
            count[sku] = count.get(sku, 0) + 1
            if number in work:
                found[int(sku), count[sku]] = work[number]
        return found

    def parcels(self):
        """Hour of the first attempt and whether it was lost, by order and carrier service, of whole orders."""
        order, lane = self.column("parcels", "order").astype(int), self.column("parcels", "carrier_service")
        whole = self.column("parcels", "units") == self.tape.n_units[order]
        clock_s = self.column("parcels", "attempted_s") % DAY_S
        names = [self.world.delivery.services[int(number)].name for number in lane]
        rows = zip(order.tolist(), names, clock_s.tolist(), self.column("parcels", "lost").tolist(), whole, strict=True)
        return {(row, name): (clock, lost) for row, name, clock, lost, is_whole in rows if is_whole}


@pytest.fixture(scope="module")
def base():
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Run(small_baseline(), monkeypatch)


@pytest.fixture(params=CHANGES, scope="module")
def other(request):
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Run(small_baseline(CHANGES[request.param]), monkeypatch)


def close(one, other):
    """Equal where both have it, and both have something in common."""
    common = one.keys() & other.keys()
    assert common or not one or not other
    for key in common:
        assert one[key] == pytest.approx(other[key], abs=1e-6), key
    return len(common)


def test_the_change_changes_something(base, other):
    tables = [table for table in base.trace.tables if table != "duty"]
    assert any(
        len(a) != len(b) or not np.array_equal(a, b, equal_nan=True)
        for table in tables
        for a, b in zip(base.trace.columns(table).values(), other.trace.columns(table).values(), strict=True)
    )


def test_the_same_customers_order_the_same(base, other):
    for column in COLUMNS:
        assert np.array_equal(getattr(base.tape, column), getattr(other.tape, column)), column


def test_every_number_drawn_for_the_same_thing_is_the_same(base, other):
    common = base.drawn.keys() & other.drawn.keys()
    assert {key[2].rpartition("/")[2].partition(":")[0] for key in common} >= {
        *("arrivals", "sku", "quantity", "work", "patience", "capture_error", "verification", "hold", "lead_time"),
        *("initial_stock", "transit", "transit_shock", "delivery_hour", "first_attempt", "loss", "contact"),
    }
    assert all(np.array_equal(base.drawn[key], other.drawn[key]) for key in common)


@pytest.mark.parametrize("station", ["agents", "verification"])
def test_work_on_an_order_stays_whoever_does_it(base, other, station):
    calls = [{item: s for item, s in each.work(station).items() if item >= 0} for each in (base, other)]
    assert close(*calls) > 5 or not calls[1]


def test_packing_an_unsplit_order_takes_the_same_time(base, other):
    split = set()
    for each in (base, other):
        split |= set(each.orders(Milestone.BACKORDERED))
    packed = [{item: s for item, s in each.work("packing").items() if item not in split} for each in (base, other)]
    assert close(*packed) > 100


def test_the_same_orders_are_held_for_the_same_time_or_found_to_be_duplicates(base, other):
    held = [each.orders(Milestone.HELD) for each in (base, other)]
    cleared = [each.orders(Milestone.CLEARED) for each in (base, other)]
    waited = [{row: c[row] - since for row, since in h.items() if row in c} for h, c in zip(held, cleared, strict=True)]
    assert close(*waited) > 5
    twice = [set(each.orders(Milestone.DUPLICATE)) for each in (base, other)]
    seen = [set(each.orders(Milestone.DUPLICATE)) | set(c) for each, c in zip((base, other), cleared, strict=True)]
    assert twice[0] & seen[1] == twice[1] & seen[0]


def test_a_delivery_takes_the_same_time_to_receive(base, other):
    close(base.by_delivery("receiving"), other.by_delivery("receiving"))


def test_a_parcel_of_the_same_service_comes_at_the_same_hour_and_is_lost_or_not(base, other):
    assert close(base.parcels(), other.parcels()) > 50
