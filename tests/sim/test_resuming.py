"""A run that begins with open orders: exact times from each stage, and a simulated snapshot that can be continued."""

from dataclasses import replace

import numpy as np
import pytest

import fulfillsim as fs
from fulfillsim.domain.demand import History
from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.domain.snapshot import Snapshot, stages_of
from fulfillsim.domain.staff import Duty
from fulfillsim.errors import InputError
from fulfillsim.experiment.beginning import second_of
from fulfillsim.kpi import Facts, check_conservation
from fulfillsim.kpi.snapshot import still_at
from fulfillsim.scenario import scenario_from
from fulfillsim.sim import run
from fulfillsim.sim.model import Model
from fulfillsim.sim.replication import build
from fulfillsim.tape import draw_tape
from fulfillsim.testing.by_hand import (
    HOUR_S,
    bench_world,
    evenings,
    one_carrier,
    promising,
    rows_of,
    stocked,
    tape_of,
    times_of,
)
from fulfillsim.testing.worlds import DAY_S, catalog_of, constant_arrivals, days_of

TEN = 10 * HOUR_S
DAYS = replace(days_of(5, n_drain=5), begin_s=TEN)


def snapshot_of(stages, placed_h, lines=None, promise_h=(), reserved=None, inbound=((), (), ())):
    """Open orders at ten o'clock on the first day: stages, hours of placing, (sku, units) and promises in hours."""
    n = len(stages)
    lines = lines or [[] for _ in stages]
    flat = [line for each in lines for line in each]
    orders = History(
        arrival_s=np.array(placed_h) * HOUR_S,
        channel=np.zeros(n, np.int16),
        line_start=np.cumsum([0, *map(len, lines)]).astype(np.int64),
        sku=np.array([sku for sku, _ in flat], np.int32),
        quantity=np.array([units for _, units in flat], np.int32),
        order_id=tuple("abcdefgh"[:n]),
    )
    promise_s = np.array([*promise_h, *[np.nan] * (n - len(promise_h))]) * HOUR_S
    return Snapshot(
        at_s=TEN,
        orders=orders,
        stage=tuple(stages),
        since_s=orders.arrival_s,
        reserved=np.array(reserved if reserved is not None else [True] * len(flat), np.bool_),
        promise_s=promise_s,
        due_departure_s=np.full(n, np.nan),
        lane=np.full(n, -1),
        moments={},
        inbound_sku=np.array(inbound[0], np.int64),
        inbound_units=np.array(inbound[1], np.int64),
        inbound_due_s=np.array(inbound[2], np.float64),
    )


def quiet(world, snapshot):
    """The world without customers of its own, beginning with the snapshot."""
    (channel,) = world.demand.channels
    silent = replace(channel, arrivals=constant_arrivals(world.days, 0.0))
    return replace(world, demand=replace(world.demand, channels=(silent,)), snapshot=snapshot)


def bench(snapshot, **parts):
    return quiet(bench_world(DAYS, (Duty(TEN, 10 * DAY_S),), HOUR_S, **parts), snapshot)


def followed(world):
    trace = run(world, draw_tape(world, 1, 0))
    check_conservation(world, trace)
    return trace


def test_orders_at_a_station_are_worked_on_in_the_order_in_which_they_came_there():
    orders = replace(
        snapshot_of(["bench", "bench", "release"], [7.0, 8.0, 9.0]), since_s=np.array([9.5, 8.5, 9.0]) * HOUR_S
    )
    trace = followed(bench(orders))
    assert times_of(trace, Milestone.LEFT) == {1: TEN + HOUR_S, 2: TEN + 2 * HOUR_S, 0: TEN + 3 * HOUR_S}


def test_an_order_at_the_dock_leaves_with_the_next_truck_and_keeps_its_promise():
    world = bench(
        snapshot_of(["dock"], [-2.0], promise_h=[48.0]),
        processing=promising(DAYS),
        delivery=one_carrier(DAYS, evenings(DAYS)),
    )
    trace = followed(world)
    assert rows_of(trace, "parcels", "order", "staged_s", "departed_s") == [(0, -2 * HOUR_S, 18 * HOUR_S)]
    assert rows_of(trace, "promises", "promise_s", "due_departure_s") == [(48 * HOUR_S, 18 * HOUR_S)]
    assert times_of(trace, Milestone.ACCEPTED) == {0: -2 * HOUR_S}


def test_an_order_that_waits_for_goods_gets_them_when_the_supplier_comes():
    inbound = ([0], [5], [12 * HOUR_S])
    orders = snapshot_of(
        ["backorder", "release"], [7.0, 8.0], [[(0, 4)], [(0, 2)]], reserved=[False, True], inbound=inbound
    )
    stock = replace(stocked([0], rule="none"), start="snapshot")
    trace = followed(bench(orders, inventory=stock, catalog=catalog_of(1)))
    assert times_of(trace, Milestone.ALLOCATED) == {0: 12 * HOUR_S, 1: 8 * HOUR_S}
    assert times_of(trace, Milestone.LEFT) == {0: 13 * HOUR_S, 1: TEN + HOUR_S}
    moves = trace.columns("stock")
    assert moves["units"][moves["kind"] == StockMove.PUT_AWAY].tolist() == [5]


@pytest.mark.parametrize(
    ("shortage", "lead_s", "stages"),
    [
        ("backorder", 0.0, ["bench"]),
        ("backorder", 2 * HOUR_S, ["backorder"]),
        ("split", 0.0, ["bench"]),
        ("split", 2 * HOUR_S, ["backorder", "bench"]),
    ],
)
def test_an_order_whose_goods_come_in_the_second_they_are_asked_for_waits_no_more(shortage, lead_s, stages):
    stock = stocked([5, 0], shortage, lead_s, reorder_point=np.array([0, -1]))
    world = bench_world(DAYS, (Duty(TEN, 10 * DAY_S),), HOUR_S, inventory=stock, catalog=catalog_of(2))
    trace = run(world, tape_of([TEN], [[(0, 1), (1, 3)]]))
    half_past = still_at(world, trace, TEN + HOUR_S / 2).snapshot
    assert list(half_past.stage) == stages
    assert half_past.orders.quantity.sum() == 4


def test_a_parcel_on_its_way_arrives_after_the_beginning_and_is_no_shipment_of_this_run():
    world = bench(
        snapshot_of(["transit", "transit"], [-30.0, -6.0], promise_h=[23.9, 47.9]),
        processing=promising(DAYS),
        delivery=one_carrier(DAYS, evenings(DAYS), hours=(9.0, 18.0)),
    )
    trace = followed(world)
    first, second = trace.columns("parcels")["delivered_s"].tolist()
    assert TEN < first <= 18 * HOUR_S  # promised for today, not here yet
    assert DAY_S + 9 * HOUR_S <= second <= DAY_S + 18 * HOUR_S
    facts = Facts(world, trace)
    assert facts.rows("shipped").tolist() == []
    assert facts.rows("received").tolist() == []
    assert facts.rows("promised").tolist() == [0, 1]


SITE = {
    "schema": 1,
    "name": "site",
    "start": "2026-03-02",
    "days": 4,
    "warm_up": "2 days",
    "zones": {"near": {"share": 0.6}, "far": {"share": 0.4}},
    "services": {"standard": {"cutoff": "14:00"}},
    "demand": {
        "channels": {
            "phone": {
                "kind": "phone",
                "orders_per_day": 60,
                "capture": {"time": "4 min", "station": "desk"},
                "lines": 2,
            },
            "web": {"orders_per_day": 400, "lines": {"geometric": {"mean": 1.5}}},
        }
    },
    "catalog": {"skus": 40},
    "layout": {"aisles": 4, "cells": 5},
    "inventory": {"suppliers": {"acme": {"lead_time": "3 working days"}}, "service_level": "80 %"},
    "staff": {
        "pickers": {
            "skills": {"picking": 1, "packing": {"rank": 2, "speed": 0.9}},
            "shifts": {"day": {"hours": "08:00-18:30", "headcount": 5}},
        },
        "clerks": {
            "skills": {"desk": 1, "verification": 2},
            "shifts": {"day": {"hours": "08:00-18:30", "headcount": 2}},
        },
    },
    "processing": {
        "manual": {"share": "20 %", "time": "5 min"},
        "holds": {"payment": {"share": "20 %", "duration": "5 h"}},
    },
    "fulfillment": {
        "picking": {"tour": {}, "batch": {"max_orders": 4}},
        "steps": {"packing": {"after": "picking", "time": "150s"}},
    },
    "delivery": {
        "carriers": {
            "parcelco": {"pickups": {"evening": "18:00"}, "services": {"ground": {"transit": {"near": 1, "far": 2}}}}
        }
    },
}


@pytest.mark.parametrize(
    ("shortage", "at"),
    [("backorder", "2026-03-03T08:00"), ("split", "2026-03-03T13:20"), ("later", "2026-03-04T17:59:30")],
)
def test_a_simulated_snapshot_begins_a_run_with_the_same_orders_goods_and_people(tmp_path, shortage, at):
    site = scenario_from(SITE).vary({"inventory.shortage": shortage})
    first = fs.simulate(site, 1, jobs=1)
    made = first.snapshot(at, tmp_path)
    onward = fs.simulate(site.vary(made.changes), 1, jobs=1)
    check_conservation(onward.world, onward.trace())
    again = onward.snapshot(at, tmp_path / "again").frames
    assert len(made.frames["orders"]) > 30
    columns = {
        "orders": ["order", "placed", "promise", "due", "channel", "zone", "service"],
        "lines": ["order", "sku", "units"],
    }
    for name, kept in columns.items():
        before, after = (
            frame[kept].sort_values(kept).reset_index(drop=True) for frame in (made.frames[name], again[name])
        )
        before, after = (frame[frame["order"].isin(_there(made.frames, again))] for frame in (before, after))
        assert before.reset_index(drop=True).equals(after.reset_index(drop=True))
    gone = set(made.frames["orders"]["order"]) - set(again["orders"]["order"])
    assert len(gone) <= 2  # a hold, or a call, may end in the same second
    assert made.frames["people"].equals(again["people"])
    if not gone:
        assert made.frames["stock"].equals(again["stock"])


def _there(before, after):
    return set(before["orders"]["order"]) & set(after["orders"]["order"])


def test_every_stage_of_a_world_has_an_entry():
    world = scenario_from(SITE).world()
    model = Model(world, draw_tape(world, 1, 0))
    build(model)
    assert set(stages_of(world)) - {"transit"} <= set(model.entries)


def test_a_snapshot_holds_every_unit_that_is_ordered_and_not_shipped(tmp_path):
    result = fs.simulate(scenario_from(SITE), 1, jobs=1)
    world, trace, at_s = result.world, result.trace(), 3.5 * DAY_S
    still = still_at(world, trace, at_s)
    journeys = Facts(world, trace).journeys
    gone = (journeys.shipped_s <= at_s) | (journeys.closed_s <= at_s)
    inside = (journeys.placed_s <= at_s) & ~gone
    on_the_way = (journeys.shipped_s <= at_s) & ~(journeys.delivered_s <= at_s)
    assert still.snapshot.orders.quantity.sum() == journeys.n_units[inside | on_the_way].sum()
    assert (still.on_hand >= 0).all()


def test_a_continued_run_in_a_calm_operation_ends_like_the_first(tmp_path):
    calm = scenario_from(SITE).vary({"staff.pickers.shifts.day.headcount": 14})
    first = fs.simulate(calm, 3, jobs=1)
    made = first.snapshot("2026-03-03T08:00", tmp_path)
    onward = fs.simulate(calm.vary({**made.changes, "days": 3}), 3, jobs=1)
    figures = {line.kpi: line.estimate.estimate for line in onward.lines()}
    usual = {line.kpi: line.estimate.estimate for line in first.lines()}
    for kpi in ("on_time_shipment", "on_time_delivery", "utilization.pickers"):
        assert figures[kpi] == pytest.approx(usual[kpi], abs=0.08)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("noon", "must be a local time - write it like 2026-03-04T10:00"),
        ("2027-01-01", "must lie inside the run, from 2026-02-28T00:00 to before 2026-03-06T00:00"),
        ("2026-03-02T10:00+01:00", "must be a local time, without an offset"),
    ],
)
def test_a_time_outside_the_run_is_refused(at, told):
    with pytest.raises(InputError, match=told):
        second_of(scenario_from(SITE).world(), at)
