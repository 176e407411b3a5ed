"""What a notebook shows of scenarios, plans and answers: a table, escaped; short words elsewhere."""

import sys

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.experiment import SensitivityResult, compare, find_threshold, select, simulate
from fulfillsim.experiment.indices import Effect
from fulfillsim.optim.delivery.plan import Route
from fulfillsim.optim.pick_routing import ROUTING, PickList
from fulfillsim.optim.solving import Solution
from fulfillsim.report.plots.style import panels
from fulfillsim.scenario import load_scenario
from fulfillsim.testing.html_reader import Seen


def test_a_scenario_shows_its_question_and_what_each_section_names():
    scenario = load_scenario("phone_and_store")
    page = Seen(scenario._repr_html_())
    assert page.unbalanced == []
    assert scenario.question in page.text("p")
    assert page.text("td")[page.text("td").index("zones") + 1] == "region, country"
    assert scenario.summary().splitlines()[1] == scenario.question


def test_a_scenario_frame_has_every_setting_by_the_path_that_set_takes():
    scenario = load_scenario("phone_and_store")
    frame = scenario.to_frame().set_index("path")["value"]
    assert frame["zones.region.share"] == "70 %"
    varied = scenario.vary({"zones.region.share": "60 %", "zones.country.share": "40 %"})
    changed = varied.to_frame().set_index("path")["value"]
    assert frame.index[frame.to_numpy() != changed.to_numpy()].tolist() == ["zones.region.share", "zones.country.share"]


def test_names_of_a_scenario_come_out_as_text():
    scenario = load_scenario("phone_and_store").vary({"question": "<script>x</script>"})
    page = Seen(scenario._repr_html_())
    assert not page.all("script")
    assert "<script>x</script>" in page.text("p")


def test_a_plan_shows_its_parts_by_what_they_are():
    batches = Solution(((0, 2), (1,)), "optimal", 20.0)
    assert batches.summary() == "optimal, at least 20: 2 parts"
    assert batches.to_frame()["which"].tolist() == ["0 2", "1"]
    routes = Solution((Route(3, ((4, 1), (2,))),), "feasible", message="by savings")
    assert routes.rows() == [{"route": 1, "vehicle": 3, "stops": 3, "trips": "4 1 | 2"}]
    assert {"4 1 | 2"} <= set(Seen(routes._repr_html_()).text("td"))
    assert repr(batches) == "<Solution optimal, at least 20: 2 parts>"
    nothing = Solution(None, "infeasible", message="too heavy")
    assert nothing.summary() == "infeasible: no plan - too heavy"
    assert Seen(nothing._repr_html_()).unbalanced == []
    hostile = Seen(Solution(None, "infeasible", message="<script>x</script>")._repr_html_())
    assert not hostile.all("script")
    assert any("<script>x</script>" in told for told in hostile.text("p"))


def test_a_tour_shows_its_picks_in_the_order_of_collecting():
    layout = RectangularLayout(n_aisles=3, n_cells=9, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0)
    tour = ROUTING["return"].route(PickList.of(layout, [(2, 3.0), (0, 2.0)], "two"))
    assert tour.summary().startswith("tour of 18 m: 2 picks")
    assert repr(tour) == "<Tour of 18 m: 2 picks>"
    assert Seen(tour._repr_html_()).text("td") == ["1", str(tour.sequence[0]), "2", str(tour.sequence[1])]


def test_axes_of_a_picture_show_the_whole_figure_in_a_notebook_without_pyplot():
    left, right = panels(1, 2)
    left.plot([0, 1], [0, 1])
    assert left._repr_png_().startswith(b"\x89PNG")
    assert left._repr_png_() == right._repr_png_()
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_a_result_and_a_comparison_show_names_as_text_and_have_short_reprs():
    scenario = load_scenario("theory/mm1").vary({"name": "<b>x</b>", "days": 1, "warm_up": "0 days"})
    busier = scenario.vary({"name": "busier"})
    result = simulate(scenario, 2, jobs=1)
    study = compare({"<i>a</i>": scenario, "b": busier}, replications=2, jobs=1)
    assert repr(scenario) == "Scenario('<b>x</b>', 1 days from 2026-03-02)"
    assert repr(result) == "<Result of '<b>x</b>': 2 replications, seed 1>"
    assert repr(study).startswith("<Comparison of '<i>a</i>', 'b' in ")
    for shown in (result, study):
        page = Seen(shown._repr_html_())
        assert page.unbalanced == []
        assert not page.all("b")
        assert not page.all("i")


def test_answers_of_a_search_show_names_as_text():
    scenario = load_scenario("theory/mm1").vary({"name": "<b>x</b>", "days": 1, "warm_up": "0 days"})
    few = {"jobs": 1, "progress": False}
    chosen = select({"<i>a</i>": scenario, "b": scenario.vary({"demand.factor": 0.5})}, "throughput", 200.0, **few)
    limit = find_threshold(
        scenario, "demand.factor", 0.5, 1.0, ["throughput>=1"], find="smallest", replications=2, resolution=0.5, **few
    )
    effect = Effect("<s>f</s>", *[1.0] * 5)
    matters = SensitivityResult("morris", {"<u>k</u>": (effect,)}, {"<u>k</u>": "s"}, {"<s>f</s>": (0, 1)}, 2, 2)
    for shown, names in ((chosen, {"<i>a</i>"}), (limit, {"throughput"}), (matters, {"<u>k</u>", "<s>f</s>"})):
        page = Seen(shown._repr_html_())
        assert page.unbalanced == []
        assert {tag for tag, _ in page.tags} <= {"p", "table", "tr", "th", "td"}
        assert names <= set(page.text("td"))
