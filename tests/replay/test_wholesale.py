"""The history of the scenario ``wholesale``: made from its seed, and as long as it says."""

import numpy as np
import pytest

import fulfillsim as fs
from fulfillsim.scenario.shipped import scenario_folder
from fulfillsim.testing.wholesale_history import as_csv, orders


def test_the_shipped_history_is_what_its_seed_makes():
    assert (scenario_folder() / "wholesale_orders.csv").read_text("utf-8") == as_csv()


def test_half_of_the_orders_have_fifteen_lines_and_a_tenth_more_than_fifty_four():
    n_lines = [len(lines) for *_, lines in orders()]
    assert np.quantile(n_lines, [0.5, 0.9]) == pytest.approx([15, 54], abs=1)


def test_long_orders_fill_a_cart_and_leave_in_time():
    result = fs.simulate(fs.load_scenario("wholesale"), replications=2, jobs=1)
    assert result.imported()["orders replayed"] == len(list(orders()))
    figures = {line.kpi: line.estimate.estimate for line in result.lines()}
    assert figures["on_time_shipment"] > 0.9
    assert 100 <= figures["pick_rate"] <= 180  # batched, a result of the walk
    tours = result.to_frame("tours")
    assert (tours.loc[tours["n_orders"] > 1, "n_lines"] <= 60).all()
    assert (tours["n_lines"] > 60).any()  # an order longer than a cart goes alone
