"""Frames and pictures of why orders are late."""

import pytest

from fulfillsim.domain.staff import Duty
from fulfillsim.report.plots.why_late import (
    plot_why_late,
    plot_why_late_by_hour,
    why_late_by_hour_frame,
    why_late_frame,
)
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import HOUR_S, bench_world, evenings, one_carrier, promising, tape_of
from fulfillsim.testing.worlds import days_of


@pytest.fixture
def shop():
    """A bench of a minute an order, a truck at 18:00: from 13:00 to 18:00 it packs 300 orders."""
    days = days_of(2)
    delivery = one_carrier(days, evenings(days), capacity=290)
    return bench_world(days, (Duty(0.0, days.end_s),), processing=promising(days), delivery=delivery)


def test_causes_add_up_from_the_most_frequent_down(shop):
    trace = run(shop, tape_of([13 * HOUR_S] * 340))  # 40 are packed too late, 10 do not fit into the truck
    frame = why_late_frame(shop, trace)
    assert frame["cause"].tolist() == ["bench_queue", "pickup_full"]
    assert frame["n_orders"].tolist() == [40, 10]
    assert (frame["before"].tolist(), frame["share"].tolist()) == ([0, 40], [0.8, 0.2])
    by_hour = why_late_by_hour_frame(shop, trace)
    assert by_hour.loc[13].to_dict() == {"hour": 13, "n_placed": 340, "bench_queue": 40, "pickup_full": 10}
    assert by_hour.drop(index=13)[["n_placed", "bench_queue", "pickup_full"]].to_numpy().sum() == 0
    assert [bar.get_width() for bar in plot_why_late(shop, trace).patches] == [40, 10, 50]
    assert plot_why_late_by_hour(shop, trace).get_legend() is not None


def test_where_nobody_is_late_the_picture_says_so(shop):
    trace = run(shop, tape_of([13 * HOUR_S]))
    assert why_late_frame(shop, trace).empty
    assert "no order of the window is late" in plot_why_late(shop, trace).texts[0].get_text()
    assert "no order of the window is late" in plot_why_late_by_hour(shop, trace).texts[0].get_text()
