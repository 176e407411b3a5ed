import pytest
from matplotlib.figure import Figure

from fulfillsim.domain.layout import GraphLayout, RectangularLayout
from fulfillsim.optim.pick_routing import ROUTING, PickList
from fulfillsim.report.plots.convergence import plot_convergence
from fulfillsim.report.plots.performance_profile import plot_performance_profile
from fulfillsim.report.plots.style import save
from fulfillsim.report.plots.warehouse_map import path_frame, pick_frame, plot_tour, plot_tours

LAYOUT = RectangularLayout(n_aisles=3, n_cells=9, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0)
PICKS = PickList.of(LAYOUT, [(2, 3.0), (0, 2.0), (1, 4.0)], "three")
TOUR = ROUTING["return"].route(PICKS)


def test_the_frame_of_a_walk_ends_where_it_began_after_its_whole_length():
    frame = path_frame(LAYOUT, TOUR)
    assert frame["walked_m"].iloc[-1] == TOUR.length_m == 8 + 2 * (3 + 2 + 4)
    assert tuple(frame.iloc[0][["x_m", "y_m"]]) == tuple(frame.iloc[-1][["x_m", "y_m"]]) == (0.0, 0.0)


def test_picks_are_numbered_in_the_order_of_collecting():
    frame = pick_frame(PICKS, TOUR)
    assert frame["number"].tolist() == [1, 2, 3]
    assert frame["pick"].tolist() == list(TOUR.sequence)
    assert frame["x_m"].tolist() == [2.0 * PICKS.points[pick][0] for pick in TOUR.sequence]


def test_the_map_shows_every_number_and_the_walk_stays_beside_its_aisles():
    ax = plot_tour(PICKS, TOUR)
    texts = {text.get_text() for text in ax.texts}
    assert texts == {"1", "2", "3", "depot"}
    walk = max(ax.lines, key=lambda line: len(line.get_xdata()))
    assert max(abs(x / 2.0 - round(x / 2.0)) for x in walk.get_xdata()) < 0.1


def test_each_tour_has_a_panel_and_a_title(tmp_path):
    panels = plot_tours([(PICKS, TOUR, f"batch {number}") for number in range(5)])
    assert [panel.get_title() for panel in panels] == [f"batch {number}" for number in range(5)]
    assert save(panels[0], tmp_path / "a.png").stat().st_size > 10_000


@pytest.mark.parametrize("places", [(), ((0.0, 0.0), (3.0, 4.0), (6.0, 0.0))])
def test_a_graph_is_drawn_with_and_without_a_map(places):
    arcs = ((0, 1, 5.0), (1, 2, 5.0), (2, 0, 6.0))
    picks = PickList.of(GraphLayout(3, arcs, places=places), [(1, 0.0), (2, 0.0)])
    tour = ROUTING["nearest_2opt"].route(picks)
    assert path_frame(picks.layout, tour)["walked_m"].iloc[-1] == 16.0
    assert plot_tour(picks, tour).get_title() == "16 m, 2 picks"


def test_tour_profile_and_convergence_draw_on_the_axes_given():
    draws = (lambda ax: plot_tour(PICKS, TOUR, ax), lambda ax: plot_performance_profile([], ax))
    for draw in (*draws, lambda ax: plot_convergence([], ax)):
        ax = Figure().subplots()
        assert draw(ax) is ax
        assert ax.get_title() and ax.get_xlabel() and ax.get_ylabel()


def test_profile_and_convergence_draw_a_curve_per_solver_and_say_when_there_is_none():
    profile = [{"solver": name, "ratio": 1.0 + step, "share": step} for name in "ab" for step in (0.0, 1.0)]
    assert [text.get_text() for text in plot_performance_profile(profile).get_legend().get_texts()] == ["a", "b"]
    points = [
        {"solver": "a", "objective": "exact", "time_s": t, "mean_gap_percent": 1 / t, "share": 0.5} for t in (1.0, 2.0)
    ]
    legend = plot_convergence(points).get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["a, exact (50 % of the runs)"]
    assert plot_performance_profile([]).texts[0].get_text() == "no runs"
    assert plot_convergence([]).texts[0].get_text() == "no best known values"


def test_a_one_way_arc_has_an_arrow_and_another_end_its_own_mark():
    graph = GraphLayout(3, ((0, 1, 1.0), (1, 2, 1.0), (2, 1, 1.0)), 0, 2, ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0)))
    picks = PickList.of(graph, [(1, 0.0)])
    axes = plot_tour(picks, ROUTING["nearest_2opt"].route(picks))
    assert [text.get_text() for text in axes.texts if text.get_text() in ("depot", "start", "end")] == ["start", "end"]
    assert len([text for text in axes.texts if text.arrow_patch is not None]) == 1
