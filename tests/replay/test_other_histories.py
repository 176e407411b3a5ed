"""Other people's exports, each replayed with a column map of a few lines: per unit, per line, per order, dates only."""

import numpy as np
import pandas as pd
import pytest

from fulfillsim.experiment import simulate
from fulfillsim.scenario import scenario_from
from fulfillsim.scenario.nodes import plain
from fulfillsim.scenario.text import parse
from fulfillsim.tape import draw_tape

PACKING = """
schema: 1
name: replay
warm_up: 0 days
services: {standard: {}}
processing: {}
staff: {crew: {skills: {packing: 1}, shifts: {all: {hours: always, headcount: 30}}}}
fulfillment: {steps: {packing: {time: {per_order: 60s, per_line: 20s}}}}
delivery:
  carriers:
    parcelco:
      pickups: {evening: "18:00"}
      services: {ground: {transit: 2}}
"""

OLIST = """
start: 2018-02-05
days: 28
zone: America/Sao_Paulo
zones: {sao_paulo: {share: 50 %}, elsewhere: {share: 50 %}}
catalog: {weight: 0.5 kg}
demand:
  channels: {web: {}}
  history:
    file: olist_lines_train.parquet
    orders_file: olist_orders_train.parquet
    one_row_per: unit
    columns: {order: order_id, placed: order_purchase_timestamp, sku: product_id, zone: customer_state}
    drop: {never bought: {column: order_status, in: [canceled, unavailable]}}
    translate: {zone: {SP: sao_paulo, "*": elsewhere}}
"""

OLIST_ORDERS = """
start: 2018-02-05
days: 28
zone: America/Sao_Paulo
demand:
  channels: {web: {}}
  history:
    file: olist_orders_train.parquet
    one_row_per: order
    columns: {order: order_id, placed: order_purchase_timestamp}
"""

OLIST_CSV = """
start: 2018-02-05
days: 28
zone: America/Sao_Paulo
catalog: {}
demand:
  channels: {web: {}}
  history:
    file: olist_csv_sample/olist_order_items_dataset.csv
    orders_file: olist_csv_sample/olist_orders_dataset.csv
    one_row_per: unit
    columns: {order: order_id, placed: order_purchase_timestamp, sku: product_id}
"""

BRUNEL = """
start: 2013-05-26
days: 2
zone: Europe/London
services: {DTD: {share: 25 %}, DTP: {share: 25 %}, CRF: {share: 50 %}}
catalog: {}
demand:
  channels: {plant: {}}
  history:
    file: brunel/OrderList.csv
    one_row_per: order
    columns: {order: Order ID, placed: Order Date, sku: Product ID, quantity: Unit quantity, service: Service Level}
    hours: {"06-18": 1}
"""

DATACO = """
start: 2017-01-02
days: 28
services: {first: {share: 20 %}, second: {share: 20 %}, standard: {share: 60 %}}
catalog: {}
demand:
  channels: {web: {}}
  history:
    file: dataco_subset_train.csv.gz
    one_row_per: line
    columns:
      order: Order Id
      placed: order date (DateOrders)
      sku: Product Card Id
      quantity: Order Item Quantity
      service: Shipping Mode
    time_format: "%m/%d/%Y %H:%M"
    drop: {cancelled: {column: Order Status, in: [CANCELED, SUSPECTED_FRAUD]}}
    translate: {service: {Same Day: first, First Class: first, Second Class: second, "*": standard}}
"""

PICKING = """
start: 2018-12-03
days: 14
catalog: {}
demand:
  channels: {shop: {}}
  history:
    file: picking_lines_route_picker.csv
    one_row_per: line
    columns: {order: OrderNumber, placed: DATE, sku: SKU, quantity: PCS}
    time_format: "%m/%d/%Y"
    hours: {mon-fri: {"07-17": 1, "17-22": 2}, sat-sun: {"09-21": 1}}
"""

EVENTS = """
start: 2019-06-03
days: 28
demand:
  channels: {web: {}}
  history:
    file: ocel_order_management/events_until_2020-02.csv.gz
    one_row_per: order
    columns: {order: "ocel:type:orders", placed: "ocel:timestamp"}
    drop: {other events: {column: "ocel:activity", matches: "(?!place order).*"}}
"""


def scenario_of(text, folder):
    """Packing and a carrier, with what the text says on top; files lie in the folder."""
    layers = [plain(parse(layer, "replay.yaml")) for layer in (PACKING, text)]
    return scenario_from(layers[0] | layers[1], folder)


@pytest.fixture(scope="module")
def replay(shared_data):
    """Load and run a scenario whose files lie in the folder of the histories."""
    folder = shared_data / "orders"

    def run(text):
        return simulate(scenario_of(text, folder), replications=1, jobs=1)

    return run


CASES = {
    "olist": (OLIST, {"rows read": 19_465, "orders without lines, left out": 85}),
    "olist orders": (OLIST_ORDERS, {"rows read": 16_994, "orders kept": 16_994, "lines kept": 0}),
    "olist csv": (OLIST_CSV, {"rows read": 1_461, "orders kept": 1_281}),
    "brunel": (BRUNEL, {"orders replayed": 9_215, "orders without a time of day": 9_215, "times of day drawn": 9_215}),
    "dataco": (DATACO, {"rows read": 5_228, "rows dropped: cancelled": 236}),
    "picking": (PICKING, {"rows read": 5_000, "orders kept": 3_584, "orders without a time of day": 3_584}),
    "events": (EVENTS, {"rows read": 18_297, "orders kept": 1_661}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_real_export_is_replayed_to_its_last_order(replay, case):
    text, counts = CASES[case]
    result = replay(text)
    said = result.imported()
    assert {name: said[name] for name in counts} == counts
    outside = said["orders before the run, left out"] + said["orders after the run, left out"]
    assert said["orders kept"] == outside + said["orders replayed"]
    orders = result.to_frame("orders")
    counting = orders["placed_s"] < result.world.days.window_end_s
    assert counting.any()
    assert orders.loc[counting, "shipped_s"].notna().all()


def test_units_of_a_file_with_a_row_per_unit_are_summed_to_lines(replay, shared_data):
    rows = pd.read_parquet(shared_data / "orders" / "olist_lines_train.parquet")
    status = pd.read_parquet(shared_data / "orders" / "olist_orders_train.parquet").set_index("order_id")
    bought = rows[~rows["order_id"].map(status["order_status"]).isin(["canceled", "unavailable"])]
    said = replay(OLIST).imported()
    assert said["units kept"] == len(bought)
    assert said["lines kept"] == len(bought.drop_duplicates(["order_id", "product_id"]))
    assert said["orders kept"] == bought["order_id"].nunique()


def test_times_of_day_are_drawn_where_a_file_has_dates_only(shared_data):
    world = scenario_of(BRUNEL, shared_data / "orders").world()
    one, other = (draw_tape(world, 1, replication) for replication in (0, 1))
    assert (one.placed_s >= 6 * 3600).all()
    assert (one.placed_s < 18 * 3600).all()
    assert one.placed_s.mean() == pytest.approx(12 * 3600, rel=0.02)
    assert not np.array_equal(one.placed_s, other.placed_s)
    assert set(one.order_id) == set(other.order_id)
    file = pd.read_csv(shared_data / "orders" / "brunel" / "OrderList.csv", dtype={"Order ID": str})
    units = file.set_index("Order ID")["Unit quantity"]
    assert (one.n_units == units[list(one.order_id)].to_numpy()).all()
