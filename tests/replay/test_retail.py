"""A month of a real wholesale history through the whole machinery, as a planner would run it."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from fulfillsim.cli.app import app
from fulfillsim.kpi.conservation import check_conservation
from fulfillsim.report.plots import PLOTS
from fulfillsim.scenario import load_scenario
from fulfillsim.sim import run
from fulfillsim.tape import draw_tape

SCENARIO = "tests/replay/retail.yaml"


@pytest.fixture(scope="module")
def rows(shared_data):
    """What pandas makes of the same file: the rows that are demand."""
    frame = pd.read_parquet(shared_data / "orders" / "online_retail_2010-12_to_2011-08.parquet")
    frame = frame[~frame["InvoiceNo"].str.match("[CA]") & (frame["Quantity"] > 0)]
    goods = ~frame["StockCode"].str.fullmatch("POST|DOT|[MmBDS]|C2|BANK CHARGES|AMAZONFEE|CRUK|PADS|gift_.*")
    frame = frame[goods]
    return frame.assign(placed=frame.groupby("InvoiceNo")["InvoiceDate"].transform("min"))


@pytest.fixture(scope="module")
def world(shared_data, root):
    return load_scenario(root / SCENARIO).world()


@pytest.fixture(scope="module")
def trace(world):
    return run(world, draw_tape(world, 1, 0))


@pytest.fixture(scope="module")
def out(shared_data, root, tmp_path_factory):
    """The run directory of the command line, and what it printed."""
    folder = tmp_path_factory.mktemp("retail")
    words = ["run", str(root / SCENARIO), "-n", "2", "-j", "1", "-o", str(folder), "--quiet"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return folder, done.stdout


def test_the_replayed_orders_are_those_of_the_file_in_the_days_of_the_run(world, rows):
    days = world.days
    first, end = pd.Timestamp(days.date(0)), pd.Timestamp(days.date(days.n_run))
    there = rows[(rows["placed"] >= first) & (rows["placed"] < end)]
    history = world.demand.history
    assert set(history.order_id) == set(there["InvoiceNo"])
    assert history.quantity.sum() == there["Quantity"].sum()
    assert len(history.sku) == len(there.drop_duplicates(["InvoiceNo", "StockCode"]))


def test_the_run_says_what_it_read_and_left_out(out):
    line = next(line for line in out[1].splitlines() if line.startswith("history:"))
    for said in ("rows read 320,705", "rows dropped: cancelled 5,847", "orders before the run", "orders replayed"):
        assert said in line


def test_orders_goods_and_working_hours_balance(world, trace):
    check_conservation(world, trace)


def test_every_unit_that_was_ordered_has_left_or_is_on_its_way_through_the_building(world, trace):
    parcels, milestones = trace.columns("parcels"), trace.columns("milestones")
    shipped = np.bincount(parcels["order"].astype(int), parcels["units"], minlength=len(trace.tape))
    assert (shipped[shipped > 0] == trace.tape.n_units[shipped > 0]).all()
    placed = np.flatnonzero(trace.tape.placed_s <= trace.end_s)
    assert set(placed.tolist()) == set(milestones["order"].astype(int).tolist())
    in_window = trace.tape.placed_s < world.days.window_end_s
    assert (shipped[in_window] > 0).all()


def test_nothing_leaves_on_a_bank_holiday_or_a_weekend(world, trace):
    dates = {world.days.date(world.days.of(t)).isoformat() for t in trace.columns("parcels")["departed_s"].tolist()}
    assert "2011-05-03" in dates
    assert not dates & {"2011-04-25", "2011-04-29", "2011-05-02", "2011-05-30", "2011-05-07", "2011-05-08"}


def test_the_month_is_one_that_a_planner_believes(out):
    values = pd.read_csv(out[0] / "kpis.csv").set_index("kpi")["mean"]
    assert 0.95 <= values["on_time_shipment"] <= 1.0
    assert 0.85 <= values["on_time_delivery"] <= 0.98
    assert values["n_open"] == 0
    assert 60.0 <= values["pick_rate"] <= 180.0
    for role in ("pickers", "packers", "receivers"):
        assert 0.5 <= values[f"utilization.{role}"] <= 0.9


def test_the_run_directory_holds_pictures_and_frames(out):
    folder = out[0]
    pictures = {file.stem for file in (folder / "pictures").glob("*.png")}
    assert pictures <= set(PLOTS)
    assert pictures >= {"lateness", "orders_by_stage", "stock_levels", "utilization", "slots", "gantt", "why_late"}
    orders = pd.read_parquet(folder / "frames" / "orders.parquet")
    assert orders["order_id"].is_unique
    assert (folder / "manifest.json").is_file()


def test_the_same_seed_replays_the_same_bits(world, trace):
    again = run(world, draw_tape(world, 1, 0))
    for table in trace.tables:
        one, other = trace.columns(table), again.columns(table)
        assert all(np.array_equal(one[c], other[c], equal_nan=True) for c in one), table
