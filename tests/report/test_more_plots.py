"""Figures behind the pictures of queues, work in process, workers, slots, warm-up and single orders."""

import re
from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

import fulfillsim as fs
from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.domain.records import ContactReason, Milestone, Notice, Scan, WorkerState
from fulfillsim.errors import UnknownNameError
from fulfillsim.experiment.result import Result
from fulfillsim.report.plots import OF_AN_ORDER, OVER_REPLICATIONS, PLOTS
from fulfillsim.report.plots.gantt import bench_frame, gantt_frame, plot_gantt
from fulfillsim.report.plots.journey import journey_frame, plot_journey
from fulfillsim.report.plots.picks import crowd_frame, layout_of, plot_crowds, plot_slots, slot_frame
from fulfillsim.report.plots.queues import queues_frame
from fulfillsim.report.plots.style import axes, save
from fulfillsim.report.plots.svg import as_svg, hint
from fulfillsim.report.plots.utilization import utilization_frame
from fulfillsim.report.plots.utilization_bands import plot_utilization_bands, utilization_bands_frame
from fulfillsim.report.plots.warm_up import find_warm_up, plot_warm_up
from fulfillsim.report.plots.wip import plot_wip, wip_frame
from fulfillsim.scenario import scenario_from
from fulfillsim.testing.worlds import DAY_S, days_of

HOUR_S = 3600.0


def test_work_in_process_is_what_is_received_and_neither_shipped_nor_closed(world, trace):
    frame = wip_frame(world, trace).set_index("time_s")["wip"]
    assert [frame[hour * HOUR_S] for hour in (7.5, 8, 8.5, 9, 11.5, 12, 24)] == [0, 1, 2, 2, 2, 1, 1]
    assert "1 orders on average over the window" in plot_wip(world, trace).get_title()  # 4 h + 15 h of 24: 0.8


def test_queues_count_orders_from_release_until_their_tour_begins_and_unstaffed_stations_have_none(world, trace):
    trace.rows["tour_orders"] = [(0, 0), (1, 2)]
    trace.rows["visits"][1] = (1, 0, 0, 10 * HOUR_S, 10.5 * HOUR_S, 11 * HOUR_S)  # order 2, released at 10
    frame = queues_frame(world, trace).set_index("time_s")
    assert list(frame.columns[1:]) == ["picking", "packing"]
    assert [frame["picking"][hour * HOUR_S] for hour in (9, 10, 10.5)] == [0, 1, 0]
    assert [frame["packing"][hour * HOUR_S] for hour in (9.5, 10, 10.5, 11)] == [0, 1, 1, 0]


def test_an_order_that_no_tour_took_waits_to_the_end(world, trace):
    trace.rows["tour_orders"] = [(0, 0)]
    frame = queues_frame(world, trace).set_index("time_s")
    assert [frame["picking"][hour * HOUR_S] for hour in (9, 10, 24)] == [0, 1, 1]


def test_a_gantt_has_presence_breaks_and_work_with_short_gaps_joined(world, trace):
    trace.rows["visits"] = [
        (0, 0, 0, 9 * HOUR_S, 9 * HOUR_S, 10 * HOUR_S),
        (1, 0, 0, 9 * HOUR_S, 10 * HOUR_S + 30, 10.25 * HOUR_S),
        (0, 1, 1, 10 * HOUR_S, 11 * HOUR_S, 11.25 * HOUR_S),
    ]
    trace.rows["duty"].append((1, WorkerState.BREAK, 12 * HOUR_S, 12.5 * HOUR_S))
    frame = gantt_frame(world, trace)
    spells = [(r.worker, r.what, r.start_s / HOUR_S, r.end_s / HOUR_S, r.n) for r in frame.itertuples()]
    assert spells == [
        ("pickers early 1", "present", 8, 10.25, 0),
        ("pickers early 1", "picking", 9, 10.25, 2),
        ("pickers early 1", "present", 10.25, 10.5, 0),
        ("packers early 1", "present", 10.5, 12, 0),
        ("packers early 1", "packing", 11, 11.25, 1),
        ("packers early 1", "break", 12, 12.5, 0),
    ]
    assert gantt_frame(world, trace, day=1).empty
    assert [label.get_text() for label in plot_gantt(world, trace).get_yticklabels()] == ["pickers (1)", "packers (1)"]


def test_a_gantt_by_bench_has_a_row_for_each_place_that_was_in_use_at_once(world, trace):
    trace.rows["visits"] = [
        (0, 1, 0, 9 * HOUR_S, 9 * HOUR_S, 10 * HOUR_S),
        (1, 1, 1, 9 * HOUR_S, 9.5 * HOUR_S, 11 * HOUR_S),
        (2, 1, 0, 9 * HOUR_S, 10.25 * HOUR_S, 12 * HOUR_S),
        (3, 0, 0, 9 * HOUR_S, 13 * HOUR_S, 14 * HOUR_S),
    ]
    frame = bench_frame(world, trace)
    spells = [(r.station, r.place, r.role, r.start_s / HOUR_S, r.end_s / HOUR_S) for r in frame.itertuples()]
    assert spells == [
        ("picking", 1, "pickers", 13, 14),
        ("packing", 1, "pickers", 9, 10),
        ("packing", 1, "pickers", 10.25, 12),
        ("packing", 2, "packers", 9.5, 11),
    ]
    ax = plot_gantt(world, trace, by="bench")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["picking (1)", "packing (2)"]
    assert ax.get_title().startswith("Who worked where")
    assert bench_frame(world, trace, day=1).empty
    assert plot_gantt(world, trace, day=1, by="bench").get_title()


def test_a_journey_tells_every_step_and_message_in_the_order_of_time(world, trace):
    services = (SimpleNamespace(name="swift/next", carrier=0),)
    delivered = replace(world, delivery=SimpleNamespace(services=services, carriers=(), fleet=None))
    trace.rows["parcels"] = [(0, 0, 4, 1, 5, 11 * HOUR_S, 12 * HOUR_S, 1, 20 * HOUR_S, 20 * HOUR_S, 0, 0, -1, 1, 1, 0)]
    trace.rows["tour_orders"] = [(0, 0)]
    trace.rows["scans"] = [(0, Scan.OUT_FOR_DELIVERY, 19 * HOUR_S)]
    trace.rows["notices"] = [(0, Notice.SHIPPED, 12 * HOUR_S), (2, Notice.DELAY, 13 * HOUR_S)]
    trace.rows["contacts"] = [(0, 0, ContactReason.SILENCE, 15 * HOUR_S)]
    frame = journey_frame(delivered, trace, 0)
    told = list(zip(frame["time_s"] / HOUR_S, frame["what"], strict=True))
    assert frame["time_s"].is_monotonic_increasing
    assert told[0] == (8, "placed (web): 2 lines, 4 units")
    assert (9, "picking (tour 0) by pickers early 1, 60 min") in told
    assert (10.75, "packing by packers early 1 after 45 min, 30 min") in told
    assert told[-4:] == [
        (12, "message: shipped"),
        (15, "the customer asks (silence)"),
        (19, "parcel 1: out for delivery"),
        (20, "parcel 1: delivered"),
    ]
    assert not [what for _, what in told if "delay" in what]


def test_an_order_is_found_by_number_or_by_the_name_it_has_in_a_history(world, trace):
    assert journey_frame(world, trace, "B")["what"].iloc[0] == journey_frame(world, trace, 1)["what"].iloc[0]
    with pytest.raises(UnknownNameError, match="4711"):
        journey_frame(world, trace, 4711)
    texts = [text.get_text() for text in plot_journey(world, trace, "B").texts]
    assert "refused by the seller" in texts


@pytest.fixture
def walked(world, trace):
    """Apples in aisle 0, pears in aisle 2; order 0 (both) walks from 9 to 10, order 2 (apples) from 9:30 to 10:30."""
    layout = RectangularLayout(n_aisles=3, n_cells=4, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0)
    catalog = replace(world.catalog, aisle=np.array([0, 2], np.int32), position_m=np.array([1.0, 3.0]))
    picking = replace(world.fulfillment.picking, tour=SimpleNamespace(layout=layout))
    trace.rows["tour_orders"] = [(0, 0), (1, 2)]
    trace.rows["visits"] = [
        (0, 0, 0, 9 * HOUR_S, 9 * HOUR_S, 10 * HOUR_S),
        (1, 0, 0, 9 * HOUR_S, 9.5 * HOUR_S, 10.5 * HOUR_S),
    ]
    return replace(world, catalog=catalog, fulfillment=replace(world.fulfillment, picking=picking))


def test_slots_are_counted_by_lines_and_aisles_by_the_pickers_in_them(walked, trace):
    slots = slot_frame(walked, trace)
    assert slots[["aisle", "position_m", "n_lines"]].to_numpy().tolist() == [[0, 1, 2], [2, 3, 1]]
    assert slots["share"].tolist() == pytest.approx([2 / 3, 1 / 3])
    crowds = {(row.aisle, row.hour): row.pickers for row in crowd_frame(walked, trace).itertuples()}
    # tour 0 is half in aisle 0 and half in aisle 2; tour 1 is in aisle 0 for half an hour each
    assert crowds == pytest.approx({(0, 9): 1.0, (2, 9): 0.5, (0, 10): 0.5})


def test_slots_and_aisles_are_drawn_on_the_map(walked, trace, tmp_path):
    assert "busiest fifth" in plot_slots(walked, trace).get_title()
    assert "most in aisle 0 at 09:00, 1.00" in plot_crowds(walked, trace).get_title()
    assert save(plot_slots(walked, trace), tmp_path / "slots.png").stat().st_size > 5000


WALKED_BY_MULTIS = {
    "schema": 1,
    "name": "walked by multis",
    "start": "2026-03-02",
    "days": 1,
    "warm_up": "0 days",
    "demand": {"channels": {"web": {"orders_per_day": 60, "lines": {"geometric": {"mean": 1.6}}}}},
    "catalog": {"skus": 40},
    "layout": {"aisles": 4, "cells": 5},
    "staff": {
        "pickers": {
            "skills": {"picking": 1, "multis_picking": 1},
            "shifts": {"day": {"hours": "08:00-20:00", "headcount": 4}},
        }
    },
    "fulfillment": {
        "picking": {"time": "2 min"},
        "paths": {"multis": {"when": {"lines": {"least": 2}}, "picking": {"tour": {}, "batch": {"max_orders": 3}}}},
    },
}


def test_a_layout_that_only_one_path_walks_through_is_drawn_with_all_that_is_picked():
    result = fs.simulate(scenario_from(WALKED_BY_MULTIS), 1, jobs=1)
    world, trace = result.world, result.trace()
    assert (layout_of(world).n_aisles, world.fulfillment.picking.tour) == (4, None)
    marks, n_lines = trace.columns("milestones"), np.diff(trace.tape.line_start)
    picked = (marks["kind"] == Milestone.PICKED) & (marks["time_s"] < DAY_S)
    slots = slot_frame(world, trace)
    assert slots["n_lines"].sum() == n_lines[marks["order"][picked].astype(int)].sum() > 20
    ax = plot_slots(world, trace)
    assert "busiest fifth" in ax.get_title()
    shelves = [patch.get_x() for patch in ax.patches]
    assert (min(shelves) < 0, max(shelves) > 12) == (True, True)  # aisles 0 to 3 of 4 m
    assert max(crowd_frame(world, trace)["aisle"]) <= 3


def test_bands_hold_the_replications_between_their_quantiles(world, trace):
    idle = replace(trace, rows=trace.rows | {"visits": []})
    frame = utilization_bands_frame(world, iter([trace, idle])).set_index(["role", "hour"])
    assert frame.loc[("pickers", 9)].tolist() == pytest.approx([0.5, 0.1, 0.9, 2])
    assert frame.loc[("packers", 10)].tolist() == pytest.approx([0.25, 0.05, 0.45, 2])
    assert [role for role, _ in frame.index] == ["pickers"] * 3 + ["packers"] * 2
    assert plot_utilization_bands(world, [trace]).get_title().endswith("over 1 replications")
    assert utilization_bands_frame(world, []).empty


def test_the_warm_up_curve_is_the_mean_of_replications_and_settles_where_the_climb_ends():
    n_days = 40
    days = days_of(n_days)
    world = SimpleNamespace(days=days, delivery=None)

    def run(extra):
        # each day d has min(d, 5) + extra orders in process all day long
        begin = [86_400.0 * day for day in range(n_days) for _ in range(min(day, 5) + extra)]
        return begin, [start + 86_400.0 for start in begin]

    curves = [run(0), run(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "fulfillsim.report.plots.warm_up.wip_spans", lambda _, t: tuple(np.array(side) for side in curves[t])
        )
        found = find_warm_up(world, range(2))
        title = plot_warm_up(world, range(2)).get_title()
    assert found.frame["wip"].head(7).tolist() == pytest.approx([1, 2, 3, 4, 5, 6, 6])
    assert found.frame["high"].iloc[9] - found.frame["low"].iloc[9] == pytest.approx(2)
    assert found.mser_s == 5 * 86_400.0
    assert 3 * 86_400.0 <= found.welch_s <= 11 * 86_400.0
    assert title == "Warm-up: work in process, mean of 2 replications"


def test_a_result_draws_one_replication_several_or_a_single_order(world, trace):
    runs = []

    def rerun(_, seed, index, by=()):
        runs.append(index)
        return SimpleNamespace(trace=trace)

    records = [SimpleNamespace(replication=i, values=(), by=(), n_orders=0, n_events=0, targets=()) for i in range(3)]
    result = Result(SimpleNamespace(world=lambda: world), "shop", 1, records, rerun, traces={0: trace})
    assert set(result.plot) == {*PLOTS, *OVER_REPLICATIONS, *OF_AN_ORDER}
    assert result.plot.journey(1).get_title().startswith("Journey of order 1")
    assert result.plot.gantt(day=0).get_title().startswith("Who did what")
    assert runs == []
    assert "over 2 replications" in result.plot.utilization_bands(n=2).get_title()
    assert runs == [1]
    with pytest.raises(AttributeError, match="utilizatoin"):
        _ = result.plot.utilizatoin


def test_values_show_on_marks_of_an_svg_and_png_does_not_change(tmp_path):
    plain, marked = axes(None), axes(None)
    for ax in (plain, marked):
        ax.plot([1, 2, 3], [1, 2, 3])
    before = save(marked, tmp_path / "a.png").read_bytes()
    hint(marked, [1, 2, np.nan], [1.0, 2.0, 3.0], ["one", "<two>", "nowhere"])
    assert save(marked, tmp_path / "b.png").read_bytes() == before
    told = [e.text for e in ElementTree.fromstring(as_svg(marked)).iter() if e.tag.endswith("}title")]
    assert told == ["one", "<two>"]
    assert as_svg(marked) == as_svg(marked)


@pytest.fixture(scope="module", params=[2, 16], ids=["short", "long"])
def small_run(request):
    """A small operation over some days; over the longer run pictures put days into columns."""
    return fs.simulate(fs.load_scenario("baseline", [f"days={request.param}", "demand.factor=0.1"]), 1, jobs=1)


def told_in(ax):
    return [e.text for e in ElementTree.fromstring(as_svg(ax)).iter() if e.tag.endswith("}title")]


WHEN = r"\w{3} \d\d \w{3}"
COUNTS = r"[\d,]+ [\w ]+(, [\d,]+ [\w ]+)*"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("lateness", r"\d+\.\d% are (delivered|shipped) by \d+\.\d h (before|after) the promise"),
        ("stock_levels", rf"SKU-\d+, {WHEN} \d\d:\d\d: [\d,]+ units, more is ordered at [\d,]+"),
        ("utilization", rf"\w+, {WHEN}( \d\d:\d\d)?: \d+% of [\d.]+ h"),
        ("gantt", r"[\w.]+: \w+, \d\d:\d\d-\d\d:\d\d, \d+ done"),
        ("orders_by_stage", rf"{WHEN} \d\d:\d\d: (none|{COUNTS})"),
        ("why_late_by_hour", rf"placed \d\d-\d\d: (none late|{COUNTS})"),
    ],
)
def test_pictures_of_a_report_tell_their_values_where_a_pointer_rests(name, told, small_run):
    texts = told_in(PLOTS[name](small_run.world, small_run.trace()))
    assert texts
    assert [text for text in texts if not re.fullmatch(told, text)] == []


def test_the_utilization_told_is_that_of_the_frame(small_run):
    frame = utilization_frame(small_run.world, small_run.trace())
    packers = frame[frame["role"] == "packers"]
    first_day = packers[packers["local_time"].dt.date == packers["local_time"].dt.date.min()]
    told = [text for text in told_in(small_run.plot.utilization()) if text.startswith("packers, ")]
    of_day, of_hour = first_day["busy_h"].sum() / first_day["present_h"].sum(), packers["utilization"].iloc[0]
    by_hour = re.search(r"\d\d:\d\d: ", told[0]) is not None
    assert f": {of_hour if by_hour else of_day:.0%} of" in told[0]
    assert len(told) == (len(packers) if by_hour else packers["local_time"].dt.date.nunique())
