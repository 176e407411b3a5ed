import pytest

from fulfillsim.domain.records import WorkerState
from fulfillsim.errors import SimulationError
from fulfillsim.kpi import check_conservation
from fulfillsim.sim import run
from fulfillsim.tape import draw_tape
from fulfillsim.testing.warehouse import little_warehouse

H, D = 3600.0, 86_400.0


def test_a_run_that_balances_passes(world, trace):
    trace.order(0, received=D, cleared=D, accepted=D, allocated=D, released=D, picked=1.2 * D, staged=1.3 * D)
    trace.parcel(0, 1.5 * D, 2 * D)
    trace.order(1, hung_up=D)
    trace.order(2, received=D, refused=D)
    trace.stock("picked", 10, D)
    trace.on(0, D, 2 * D)
    trace.on(0, 2 * D, 2 * D + H, WorkerState.LEAVING)
    trace.visit(0, "packing", 0, D, D, D + H)
    trace.visit(0, "packing", 0, D, D + H, 2 * D)
    check_conservation(world, trace)


def test_an_order_both_cancelled_and_shipped_is_named(world, trace):
    trace.order(1, received=D, refused=D)
    trace.parcel(1, 1.5 * D, 2 * D)
    with pytest.raises(SimulationError, match=r"order 1: both cancelled .* and shipped"):
        check_conservation(world, trace)


def test_more_units_shipped_than_ordered_are_told(world, trace):
    trace.parcel(2, 1.5 * D, 2 * D, units=2)
    with pytest.raises(SimulationError, match="order 2: 2 units shipped of 1 ordered"):
        check_conservation(world, trace)


def test_a_moment_before_its_cause_is_told(world, trace):
    trace.order(0, received=D, released=1.3 * D, picked=1.2 * D)
    with pytest.raises(SimulationError, match="order 0: picked_s is 103680 s, before"):
        check_conservation(world, trace)


def test_goods_that_were_not_there_are_told_with_sku_and_time(world, trace):
    trace.stock("picked", 8, D, sku=1)
    trace.stock("picked", 8, 2 * D, sku=1)
    trace.stock("put_away", 9, 3 * D, sku=1)
    trace.stock("picked", 10, 2 * D)
    with pytest.raises(SimulationError, match=r"at 172800 s, SKU B: stock on hand .* falls to -6 units"):
        check_conservation(world, trace)


def test_a_worker_at_two_things_at_once_is_told(world, trace):
    trace.on(1, D, 2 * D)
    trace.visit(0, "packing", 1, D, D, D + 2 * H)
    trace.visit(0, "picking", 1, D, D + H, D + 3 * H)
    with pytest.raises(SimulationError, match=r"worker pickers\.early\.2: two rows of visits overlap"):
        check_conservation(world, trace)


def test_work_off_duty_is_told(world, trace):
    trace.on(0, D, D + H)
    trace.on(0, D + H, D + 2 * H, WorkerState.BREAK)
    trace.visit(0, "packing", 0, D, D, D + 2 * H)
    with pytest.raises(SimulationError, match=r"worker pickers\.early\.1: busy 7200 s of only 3600 s on duty"):
        check_conservation(world, trace)


def test_a_simulated_warehouse_balances_and_its_costs_add_up(kpis):
    world = little_warehouse(0.02, n_skus=50, n_window=2, n_warm_up=1)
    trace = run(world, draw_tape(world, 1, 0))
    check_conservation(world, trace)
    values = kpis(world, trace)
    parts = [value for name, value in values.items() if name.startswith("cost.")]
    assert values["total_cost"] == pytest.approx(sum(parts))
    assert all(0 <= value <= 1 for name, value in values.items() if name.startswith("utilization."))
