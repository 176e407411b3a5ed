from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure

from fulfillsim.io.local_time import local_times
from fulfillsim.report.plots import CAPTIONS, OF_AN_ORDER, OVER_REPLICATIONS, PLOTS, save_all, suited
from fulfillsim.report.plots.lateness import lateness_frame
from fulfillsim.report.plots.meanwhile import Meanwhile
from fulfillsim.report.plots.orders_by_stage import STAGES, orders_by_stage_frame
from fulfillsim.report.plots.stock_levels import stock_levels_frame
from fulfillsim.report.plots.style import COLORS, DASHES, STAGE_COLORS, axes, date_axis, lay_out
from fulfillsim.report.plots.utilization import _columns, utilization_frame
from fulfillsim.testing.worlds import days_of

HOUR_S = 3600.0


def test_every_order_is_in_the_stage_whose_milestone_it_reached_last(world, trace):
    frame = orders_by_stage_frame(world, trace).set_index("time_s")

    def at(hour):
        counts = frame.loc[hour * HOUR_S, list(STAGES)]
        return {stage: n for stage, n in counts.items() if n}

    assert at(7.5) == {}
    assert at(8) == {"processing": 1}
    assert at(8.5) == {"processing": 2}
    assert at(9) == {"picking": 1, "waiting": 1}  # order 1 is refused
    assert at(10) == {"packing": 1, "picking": 1}
    assert at(11) == {"dock": 2}
    assert at(12) == at(24) == {"dock": 1}


def test_an_order_with_delivery_is_in_transit_until_it_is_handed_over(world, trace):
    services = (SimpleNamespace(name="parcel", carrier=0),)
    delivered = replace(world, delivery=SimpleNamespace(services=services, carriers=(), fleet=None))
    trace.rows["parcels"] = [(0, 0, 4, 1, 5, 11 * HOUR_S, 12 * HOUR_S, 1, 20 * HOUR_S, 20 * HOUR_S, 0, 0, -1, 1, 1, 0)]
    trace.rows["milestones"] = [row for row in trace.rows["milestones"] if row[2] != 12 * HOUR_S]
    transit = orders_by_stage_frame(delivered, trace).set_index("time_s")["transit"]
    assert [transit[hour * HOUR_S] for hour in (11.5, 12, 19.5, 20)] == [0, 1, 1, 0]


def test_utilization_is_busy_over_present_without_overtime(world, trace):
    frame = utilization_frame(world, trace)
    got = {(row.role, row.time_s / HOUR_S): (row.busy_h, row.present_h) for row in frame.itertuples()}
    assert got == {
        ("pickers", 8): pytest.approx((0, 1)),
        ("pickers", 9): pytest.approx((1, 1)),
        ("pickers", 10): pytest.approx((0.25, 0.25)),
        ("packers", 10): pytest.approx((0.25, 0.5)),
        ("packers", 11): pytest.approx((0.25, 1)),
    }
    assert frame["utilization"].tolist() == pytest.approx([0, 1, 1, 0.5, 0.25])


def test_over_a_long_run_each_day_is_a_column_with_its_hours_downwards_in_the_band_of_its_role():
    days = days_of(30)
    rows = [("packers", 2, 9, 0.5), ("pickers", 2, 8, 1.0), ("pickers", 29, 10, 0.25)]
    time_s = np.array([day * 86_400.0 + hour * 3600.0 for _, day, hour, _ in rows])
    frame = pd.DataFrame(
        {
            "role": [role for role, *_ in rows],
            "time_s": time_s,
            "local_time": local_times(time_s, days),
            "utilization": [share for *_, share in rows],
        }
    )
    world, trace = SimpleNamespace(days=days), SimpleNamespace(end_s=30 * 86_400.0)
    edges_s, levels, cells = _columns(world, trace, frame, ["packers", "pickers"])
    assert edges_s.tolist() == list(days.midnight_s[:31])
    assert cells.shape == (2 * 3, 30)  # 08, 09 and 10 o'clock
    assert levels.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2])
    filled = {(int(row), int(day)): float(cells[row, day]) for row, day in np.argwhere(np.isfinite(cells))}
    assert filled == {(1, 2): 0.5, (3, 2): 1.0, (5, 29): 0.25}


def test_lateness_is_signed_against_the_promise_and_open_orders_hold_the_curve_down(world, trace):
    frame = lateness_frame(world, trace)
    assert frame["order"].tolist() == [0, 2]
    assert frame["lateness_h"].tolist() == pytest.approx([-1, np.nan], nan_ok=True)
    assert frame["share"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)


def test_stock_moves_when_goods_leave_or_reach_the_shelf_busiest_sku_first(world, trace):
    frame = stock_levels_frame(world, trace)
    levels = {sku: list(part["on_hand"]) for sku, part in frame.groupby("sku", sort=False)}
    assert levels == {"apple": [5, 2, 8, 8], "pear": [2, 1, 1]}
    assert list(levels) == ["apple", "pear"]
    assert frame.groupby("sku")["reorder_point"].first().tolist() == [4, 1]
    unpicked = stock_levels_frame(replace(world, fulfillment=None), trace)
    assert unpicked[unpicked["sku"] == "apple"]["on_hand"].tolist() == [5, 2, 8, 8]
    assert unpicked["time_s"].iloc[1] == 9 * HOUR_S


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_draws_on_the_axes_given_with_title_labels_and_units(name, world, trace):
    ax = Figure().subplots()
    assert PLOTS[name](world, trace, ax=ax) is ax
    assert ax.get_title()
    assert ax.get_xlabel()
    assert name in ("utilization", "gantt", "why_late") or ax.get_ylabel()


@pytest.mark.parametrize("name", OVER_REPLICATIONS)
def test_a_plot_of_several_replications_draws_on_the_axes_given(name, world, trace):
    ax = Figure().subplots()
    assert OVER_REPLICATIONS[name](world, [trace, trace], ax=ax) is ax
    assert ax.get_title() and ax.get_xlabel() and ax.get_ylabel()


def test_a_journey_is_drawn_on_the_axes_given(world, trace):
    ax = Figure().subplots()
    assert OF_AN_ORDER["journey"](world, trace, 0, ax=ax) is ax


@pytest.mark.parametrize("name", PLOTS)
def test_a_run_in_which_nothing_happened_can_be_drawn(name, world, trace):
    trace.rows.clear()
    trace.tape.quantity = trace.tape.quantity * 0
    PLOTS[name](world, trace).get_figure().canvas.draw()


def test_all_pictures_of_a_world_are_saved_and_no_window_is_opened(world, trace, tmp_path):
    from matplotlib import _pylab_helpers

    files = save_all(world, trace, tmp_path / "plots")
    assert [file.stem for file in files] == suited(world)
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)
    assert sorted(tmp_path.glob("plots/*")) == sorted([*files, *(file.with_suffix(".svg") for file in files)])
    assert not _pylab_helpers.Gcf.figs


def test_pictures_are_drawn_as_soon_as_the_first_replication_is_there(world, trace, tmp_path):
    meanwhile = Meanwhile(SimpleNamespace(world=lambda: world), tmp_path)
    meanwhile.begin(3, trace)
    assert not list(tmp_path.iterdir())
    meanwhile.begin(0, trace)
    assert meanwhile.files(None) == sorted(tmp_path.glob("*.png"), key=lambda file: suited(world).index(file.stem))
    assert len(list(tmp_path.glob("*.svg"))) == len(suited(world))


def test_pictures_that_nobody_began_or_that_failed_are_drawn_when_they_are_asked_for(world, trace, tmp_path):
    scenario = SimpleNamespace(world=lambda: world)
    assert len(Meanwhile(scenario, tmp_path / "late").files(trace)) == len(suited(world))
    failing = Meanwhile(scenario, tmp_path / "failed")
    failing.begin(0, None)
    with pytest.raises(AttributeError):
        failing.files(None)
    assert len(failing.files(trace)) == len(suited(world))


def test_a_picture_that_is_laid_out_has_its_places_for_every_file(world, trace):
    ax = lay_out(PLOTS["wip"](world, trace))
    figure, before = ax.get_figure(), ax.get_position().bounds
    assert figure.get_layout_engine() is None
    figure.canvas.draw()
    assert ax.get_position().bounds == before
    inside = ax.get_tightbbox().get_points() / figure.bbox.size
    assert inside.min() >= 0 and inside.max() <= 1


def test_a_world_without_stock_staff_or_promises_has_fewer_pictures(world, trace, tmp_path):
    bare = replace(world, inventory=None, staff=(), processing=None)
    assert [file.stem for file in save_all(bare, trace, tmp_path)] == ["orders_by_stage", "wip"]


def test_every_picture_has_words_for_those_who_do_not_see_it():
    assert set(CAPTIONS) == set(PLOTS)


def luminance(color):
    r, g, b = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.299 * r + 0.587 * g + 0.114 * b


def test_stages_grow_darker_along_the_journey_so_that_grey_tells_them_apart():
    steps = -np.diff([luminance(STAGE_COLORS[stage]) for stage in STAGES])
    assert (steps > 0.04).all()


def test_colors_that_stand_beside_each_other_differ_in_grey_and_all_lines_in_their_dashes():
    steps = np.abs(np.diff([luminance(color) for color in COLORS]))
    assert steps.min() > 0.12
    assert len(set(COLORS)) == len(set(DASHES)) == len(COLORS)


@pytest.mark.parametrize("n_days", [1, 3, 8, 13, 16, 17, 35, 70, 100])
def test_dates_below_a_picture_do_not_run_into_each_other(n_days):
    ax = axes(None)
    ax.figure.colorbar(ScalarMappable(), ax=ax)  # a picture with a scale has the least room
    date_axis(ax, days_of(n_days), 0.0, n_days * 86_400.0)
    ax.figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    assert len(boxes) > 1
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
