"""What a notebook shows of scenarios, plans and answers: a table, escaped; short words elsewhere."""

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.delivery.plan import Route
from fulfillsim.optim.pick_routing import ROUTING, PickList
from fulfillsim.optim.solving import Solution
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
    nothing = Solution(None, "infeasible", message="too heavy")
    assert nothing.summary() == "infeasible: no plan - too heavy"
    assert Seen(nothing._repr_html_()).unbalanced == []


def test_a_tour_shows_its_picks_in_the_order_of_collecting():
    layout = RectangularLayout(n_aisles=3, n_cells=9, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0)
    tour = ROUTING["return"].route(PickList.of(layout, [(2, 3.0), (0, 2.0)], "two"))
    assert tour.summary().startswith("tour of 18 m: 2 picks")
    assert Seen(tour._repr_html_()).text("td") == ["1", str(tour.sequence[0]), "2", str(tour.sequence[1])]
