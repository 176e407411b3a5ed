"""Whatever a scenario file says: the run does not break, and nothing gets lost."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fulfillsim.domain.records import Milestone, StockMove, WorkerState
from fulfillsim.errors import ScenarioError
from fulfillsim.experiment.beginning import begin_at
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi import check_conservation, compute
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.paid_time import account_for
from fulfillsim.kpi.snapshot import still_at
from fulfillsim.scenario import scenario_from
from fulfillsim.sim import run
from fulfillsim.tape import draw_tape
from fulfillsim.testing.random_scenarios import scenarios

N_FAST, N_BEGUN, N_SLOW = 60, 15, 1_000
DAY_S = 86_400.0
ENDS = ("DUPLICATE", "REFUSED", "OUT_OF_STOCK", "HUNG_UP", "BLOCKED", "LEFT")
some = settings(max_examples=N_FAST, suppress_health_check=list(HealthCheck))
many = settings(some, max_examples=N_SLOW)


def followed(plan):
    world = scenario_from(plan).world()
    return world, run(world, draw_tape(world, 1, 0))


def assert_orders_balance(world, trace):
    """An order ends once; what is shipped of it was ordered, and all of it unless a rest may follow."""
    tape, parcels = trace.tape, trace.columns("parcels")
    milestones = trace.columns("milestones")
    is_whole = leaves_whole(world)
    ended = milestones["order"][np.isin(milestones["kind"], [Milestone[name] for name in ENDS])].astype(int)
    left = milestones["order"][milestones["kind"] == Milestone.LEFT].astype(int)
    pieces = left if is_whole else np.unique(left)  # an order in two parcels leaves twice
    assert len(np.unique(ended)) == len(ended) - len(left) + len(pieces)
    order = parcels["order"].astype(int)
    assert not set(ended.tolist()) & set(order.tolist())
    shipped = np.bincount(order, parcels["units"], minlength=len(tape))
    assert (shipped <= tape.n_units).all()
    if is_whole:
        assert np.array_equal(shipped[order], tape.n_units[order])
        has_cartons = world.fulfillment is not None and world.fulfillment.cartons
        assert has_cartons or len(np.unique(order)) == len(order)
    assert (milestones["time_s"] >= tape.placed_s[milestones["order"].astype(int)]).all()


def leaves_whole(world):
    """Whether nothing in a world ships an order in pieces or without some of its lines."""
    pickings = world.fulfillment.pickings if world.fulfillment else ()
    inventory = world.inventory
    if inventory is None:
        return not any(picking.errors for picking in pickings)
    at_slot = inventory.forward.when_empty if inventory.forward else "wait"
    at_shelf = inventory.records.when_short if inventory.records else "wait"
    keeps = inventory.shortage != "split" and not {at_slot, at_shelf} & {"split", "cancel"}
    return keeps and not any(picking.errors for picking in pickings)


def assert_stock_balances(world, trace):
    """At every moment: ordered >= arrived >= put away, start + put away >= reserved >= picked, SKU by SKU."""
    if world.inventory is None:
        return
    moves = trace.columns("stock")
    sku = moves["sku"].astype(int)

    def level(kind, number):
        return np.cumsum(np.where(moves["kind"] == kind, moves["units"], 0.0)[sku == number])

    for number in np.unique(sku):
        arrived, put_away = level(StockMove.ARRIVED, number), level(StockMove.PUT_AWAY, number)
        reserved, picked = level(StockMove.RESERVED, number), level(StockMove.PICKED, number)
        assert (level(StockMove.ORDERED, number) >= arrived).all()
        assert (arrived >= put_away).all()
        adjusted, released = level(StockMove.ADJUSTED, number), level(StockMove.RELEASED, number)
        if world.inventory.records is None:  # else a record set right may tell that too much was promised
            assert (trace.stock_start[number] + put_away + released >= reserved).all()
            assert not adjusted.any()
        assert (reserved >= picked).all()

    def total(kind):
        return moves["units"][moves["kind"] == kind].sum()

    if world.assembly is None:  # kits take components, and work orders more than anybody has ordered yet
        again = total(StockMove.WRITTEN_OFF) + total(StockMove.RELEASED)  # others may be reserved in their place
        assert total(StockMove.RESERVED) <= trace.tape.quantity.sum() + again


def assert_time_balances(trace):
    """Nobody does two things at once or works while away, and waiting comes before work."""
    visits, duty = trace.columns("visits"), trace.columns("duty")
    started = ~np.isnan(visits["started_s"])
    assert (visits["queued_s"] <= np.where(started, visits["started_s"], visits["ended_s"])).all()
    assert (visits["started_s"][started] <= visits["ended_s"][started]).all()
    assert (visits["ended_s"] <= trace.end_s).all()
    at_work = np.isin(duty["state"], (WorkerState.ON, WorkerState.LEAVING, WorkerState.OVERTIME))
    for worker in range(len(trace.workers)):
        mine = started & (visits["worker"] == worker)
        pieces = np.stack([visits["started_s"][mine], visits["ended_s"][mine]], axis=1)
        pieces = pieces[np.lexsort(pieces.T[::-1])]
        assert (pieces[1:, 0] >= pieces[:-1, 1]).all()
        here = at_work & (duty["worker"] == worker)
        begin, end = joined(duty["start_s"][here], duty["end_s"][here])
        place = np.searchsorted(begin, pieces[:, 0], side="right") - 1
        real = pieces[:, 1] > pieces[:, 0]
        assert (place[real] >= 0).all()
        assert (pieces[real, 1] <= end[place[real]]).all()


def assert_rosters_are_kept(world, trace):
    """Rostered paid time = direct + idle + indirect + paid breaks + paid absence, for everybody."""
    account = account_for(Facts(world, trace))
    parts = (account.direct, account.idle, account.indirect, account.breaks, account.absence)
    assert sum(parts) == pytest.approx(account.rostered, abs=1e-3)
    assert all((part >= -1e-3).all() for part in (*parts, account.overtime))


def joined(start, end):
    """Stretches of time with those put together that touch each other."""
    order = np.argsort(start)
    start, end = start[order], end[order]
    apart = np.ones(len(start) + 1, bool)
    apart[1:-1] = start[1:] > end[:-1]
    return start[apart[:-1]], end[apart[1:]]


def assert_balances(plan):
    world, trace = followed(plan)
    check_conservation(world, trace)
    assert_orders_balance(world, trace)
    assert_stock_balances(world, trace)
    assert_time_balances(trace)
    assert_rosters_are_kept(world, trace)
    values = {value.name: value.value for value in compute(world, trace)}
    shares = [value for name, value in values.items() if name.startswith("utilization.")]
    assert all(np.isnan(share) or 0.0 <= share <= 1.0 + 1e-9 for share in shares)  # no number where nobody came


@some
@given(scenarios())
def test_a_random_scenario_runs_and_loses_no_order_no_unit_and_no_hour(plan):
    assert_balances(plan)


@pytest.mark.slow
@many
@given(scenarios())
def test_a_thousand_random_scenarios_run_and_lose_nothing(plan):
    assert_balances(plan)


@given(scenarios(), st.floats(0.05, 0.9))
@settings(some, max_examples=N_BEGUN)
def test_a_random_scenario_goes_on_from_what_was_open_at_a_moment_and_loses_nothing(tmp_path, plan, share):
    assert_continues(plan, share, tmp_path)


@pytest.mark.slow
@given(scenarios(), st.floats(0.05, 0.9))
@settings(some, max_examples=N_SLOW)
def test_a_thousand_random_scenarios_go_on_from_what_was_open_at_a_moment(tmp_path, plan, share):
    assert_continues(plan, share, tmp_path)


def assert_continues(plan, share, folder):
    """A run that begins with the state of another has its orders, its goods and its promises, and loses none."""
    scenario = scenario_from(plan)
    world, trace = followed(plan)
    at_s = world.days.midnight_s[world.days.n_warm_up] + share * DAY_S
    at_s = float(int(at_s))  # as a file says it
    assume(at_s < trace.end_s)
    still = still_at(world, trace, at_s)
    orders = still.snapshot.orders
    assert (still.on_hand >= 0).all()
    assume(len(orders.arrival_s))
    at = local_times(np.array([at_s]), world.days).astype("datetime64[s]")[0].item()
    made = begin_at(world, trace, at, folder)
    onward = scenario.vary(made.changes).world()
    again = run(onward, draw_tape(onward, 2, 0))
    check_conservation(onward, again)
    assert_time_balances(again)
    assert_rosters_are_kept(onward, again)
    assert_stock_balances(onward, again)
    given = len(orders.arrival_s)
    assert np.array_equal(np.sort(again.tape.quantity[: again.tape.line_start[given]]), np.sort(orders.quantity))
    promised = np.isfinite(still.snapshot.promise_s)
    told = np.unique(again.columns("promises")["order"]).astype(int)
    begun = onward.snapshot.orders.order_id  # by the time of placing, which the first run's rows need not be
    assert {orders.order_id[row] for row in np.flatnonzero(promised)} <= {begun[row] for row in told if row < given}


SHOP = {
    "schema": 1,
    "name": "shop",
    "start": "2026-03-02",
    "days": 1,
    "demand": {"channels": {"web": {"orders_per_day": 0}}},
    "staff": {"crew": {"skills": {"picking": 1}, "shifts": {"day": {"hours": "always", "headcount": 1}}}},
    "fulfillment": {"picking": {"time": "1 min"}},
}


def test_a_shop_without_a_single_order_runs():
    assert_balances(SHOP)


@pytest.mark.parametrize("discipline", ["shortest", "preemptive"])
def test_picking_that_collects_waiting_orders_knows_no_shortest_and_interrupts_nobody(discipline):
    with pytest.raises(ScenarioError, match=r"fulfillment\.picking\.discipline: must be one of fifo, priority"):
        scenario_from(SHOP).vary({"fulfillment.picking.discipline": discipline})


def test_nobody_on_the_line_is_interrupted_for_another_caller():
    phone = {"kind": "phone", "orders_per_day": 9, "capture": {"time": "3 min", "discipline": "preemptive"}}
    with pytest.raises(ScenarioError, match=r"capture\.discipline: must be one of fifo, priority, shortest"):
        scenario_from(SHOP).vary({"demand.channels.phone": phone, "staff.crew.skills.phone": 2})


def test_a_run_goes_on_while_an_event_keeps_people_away(tmp_path):
    flu = {"flu": {"from": "2026-03-02T08:00", "until": "2026-03-02T20:00", "role": "crew", "missing": "50 %"}}
    crew = {"staff.crew.shifts.day.headcount": 3, "demand.channels.web": {"orders_per_day": 900, "hours": {"06-22": 1}}}
    scenario = scenario_from(SHOP).vary({**crew, "warm_up": "0 days", "begin": "empty", "events": flu})
    world = scenario.world()
    trace = run(world, draw_tape(world, 1, 0))
    still = still_at(world, trace, 10 * 3600.0)
    assert still.people == {("crew", "day"): 1}  # two of three are ill
    made = begin_at(
        world, trace, local_times(np.array([36_000.0]), world.days).astype("datetime64[s]")[0].item(), tmp_path
    )
    onward = scenario.vary(made.changes).world()
    check_conservation(onward, run(onward, draw_tape(onward, 2, 0)))


def test_the_rest_of_an_order_keeps_no_times_of_the_part_that_went_ahead(tmp_path):
    goods = {
        "catalog": {"skus": 30},
        "inventory": {
            "rule": "rq",
            "shortage": "split",
            "order_quantity": 1,
            "reorder_point": 0,
            "suppliers": {"acme": {"lead_time": "2 days"}},
        },
        "zones": {"near": {"share": "100 %"}},
        "services": {"standard": {"share": "100 %"}},
        "processing": {},
        "delivery": {
            "carriers": {"parcelco": {"pickups": {"first": "20:30"}, "services": {"ground": {"transit": 1}}}},
        },
        "demand.channels.web": {"orders_per_day": 40, "lines": 3, "units": 1},
    }
    plan = scenario_from(SHOP).vary({**goods, "warm_up": "0 days", "staff.crew.shifts.day.hours": "06:00-21:00"})
    world = plan.world()
    trace = run(world, draw_tape(world, 1, 0))
    still = still_at(world, trace, 43_200.0)
    rest = [row for row, name in enumerate(still.snapshot.orders.order_id) if name.endswith("/2")]
    assert rest
    assert all(np.isnan(still.snapshot.moments[Milestone.PICKED][rest]))
    noon = local_times(np.array([43_200.0]), world.days).astype("datetime64[s]")[0].item()
    onward = plan.vary(begin_at(world, trace, noon, tmp_path).changes).world()  # was refused: later than `since`
    check_conservation(onward, run(onward, draw_tape(onward, 2, 0)))


def test_a_work_order_reserves_what_is_there_before_what_it_lacks_comes_at_once():
    goods = {
        "catalog": {"skus": 3},
        "inventory": {
            "suppliers": {"acme": {"lead_time": "0s"}},
            "start": "given",
            "on_hand": 0,
            "levels": {"SKU-2": {"on_hand": 400}},
        },
        "assembly": {"kits": {"SKU-1": {"components": {"SKU-2": 3, "SKU-3": 1}, "make": "to_stock", "time": "40s"}}},
        "demand.channels.web": {"orders_per_day": 100, "lines": 1, "units": 1},
        "staff.crew.skills.assembly": 2,
    }
    scenario = scenario_from(SHOP).vary(goods)
    world = scenario.world()
    trace = run(world, draw_tape(world, 1, 0))
    assert len(trace.columns("work_orders")["units"])
    assert_stock_balances(world, trace)
