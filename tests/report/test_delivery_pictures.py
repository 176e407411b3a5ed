"""Map and schedule of delivery plans: their figures first, then a picture."""

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from fulfillsim.optim.delivery import solver
from fulfillsim.optim.delivery.plan import Route
from fulfillsim.optim.delivery.timing import timetable
from fulfillsim.optim.solving import Stop
from fulfillsim.report.plots.delivery_map import delivery_map_frame, plot_delivery_map, plot_plan, way_points
from fulfillsim.report.plots.route_schedule import (
    load_steps,
    plot_route_schedule,
    route_rows,
    route_schedule_frame,
    visit_rows,
)
from fulfillsim.report.plots.style import save
from fulfillsim.testing.delivery import random_instance


@pytest.fixture(scope="module")
def planned():
    instance = random_instance(12, 3, n_vehicles=6)
    return instance, solver("savings").solve(instance, Stop()).plan


def test_rows_tell_each_stop_once_inside_its_window(planned):
    instance, routes = planned
    rows = visit_rows(instance, routes)
    assert sorted(int(row["stop"]) for row in rows) == list(range(1, 13))
    assert all(row["opens"] <= row["begin"] <= row["closes"] and row["slack"] >= 0 for row in rows)
    assert all(row["arrive"] <= row["begin"] < row["leave"] for row in rows)
    told = route_rows(instance, routes)
    assert sum(row["n_stops"] for row in told) == 12
    assert all(0 < row["load_share"] <= 1 for row in told)


def test_ways_begin_and_end_at_the_depot(planned):
    for way in way_points(*planned):
        assert way[0].tolist() == way[-1].tolist() == [50.0, 50.0]


def test_frames_hold_what_the_map_and_the_schedule_show(planned):
    calls, stops = delivery_map_frame(*planned), route_schedule_frame(*planned)
    assert len(stops) == 12
    assert len(calls) == 12 + 2 * len(planned[1])
    ends = calls.groupby("vehicle")[["x", "y"]].agg(["first", "last"])
    assert (ends.to_numpy() == 50.0).all()


def test_a_plan_is_drawn_with_map_and_schedule(planned, tmp_path):
    drawn = plot_plan(*planned, title="a plan")
    assert save(drawn, tmp_path / "plan.png").stat().st_size > 10_000
    assert len(drawn.get_figure().axes) == 2


def test_seconds_are_shown_as_a_clock_and_units_of_a_file_as_they_are(planned):
    instance, routes = planned
    ax = plot_route_schedule(instance, routes)
    assert ax.xaxis.get_major_formatter()(7.5 * 3600.0, 0) == "07:30"
    of_a_file = replace(instance, convention=replace(instance.convention, is_metric=False, scale=10.0))
    longest = max(row["leave"] for row in visit_rows(instance, routes))
    assert max(row["leave"] for row in visit_rows(of_a_file, routes)) == pytest.approx(longest / 10.0)
    assert plot_route_schedule(of_a_file, routes).get_xlabel() == "time (units of the instance)"


@pytest.mark.parametrize("plot", [plot_delivery_map, plot_route_schedule])
def test_map_and_schedule_draw_on_the_axes_given(plot, planned):
    ax = Figure().subplots()
    assert plot(*planned, ax) is ax
    assert ax.get_xlabel() and ax.get_ylabel()


def test_the_load_rises_again_where_a_van_loads_for_another_trip():
    base = random_instance(4, 3, windows=False, n_vehicles=1)
    van = replace(base.vehicles[0], reload_depot=0, capacity=(100.0,))
    instance = replace(base, vehicles=(van,))
    route = Route(0, ((0, 1), (2, 3)))
    demands = [stop.demand[0] / 100.0 for stop in instance.stops]
    steps = load_steps(timetable(instance, route), visit_rows(instance, [route]))
    first, second = demands[0] + demands[1], demands[2] + demands[3]
    assert [share for _, share in steps] == pytest.approx([first, demands[1], 0.0, second, demands[3], 0.0])
    assert [time for time, _ in steps] == sorted(time for time, _ in steps)
