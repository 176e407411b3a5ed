"""One day's routes in a file of their own: what it means, and what it refuses."""

import numpy as np
import pytest

from fulfillsim.errors import ScenarioError
from fulfillsim.optim.delivery import hybrid
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.travel import haversine
from fulfillsim.optim.solving import Stop
from fulfillsim.scenario.delivery_day import read_delivery_day
from fulfillsim.testing.delivery import cheapest_with_reloads

DAY = """schema: 1
kind: delivery_day
name: tuesday
travel: {speed: 36 km/h, circuity: 1, speeds: {"07-09": 0.5}}
depots:
  main: {east: 0 km, north: 0 km, open: 06:00-20:00, loading: 5 min}
  south: {east: 3 km, north: 0 km}
stops:
  bakery: {east: 3 km, north: 4 km, demand: [2, 40], windows: 08:00-09:30, service: 6 min}
  school: {east: 0 km, north: 6 km, demand: [4, 90], windows: [09:00-10:00, 14:00-16:00], service: 10 min}
  clinic: {east: 6 km, north: 8 km, demand: [1, 5], pickup: [1, 2.5], release: "08:15"}
  villa: {east: 90 km, north: 0 km, demand: [1, 30], prize: 12 EUR}
vans:
  sprinter:
    {count: 2, capacity: [8, 900], shift: 07:00-16:00, cost_per_km: 0.30 EUR/km, cost_per_h: 36 EUR/h, end: south,
     cost_per_day: 40 EUR, breaks: {lunch: 11:00-13:00}, only: [bakery, school, villa]}
  bike: {capacity: [5, 170], cost_per_h: 18 EUR/h, max_distance: 40 km, max_duration: 6 h, reload: main}
"""


@pytest.fixture
def written(tmp_path):
    def write(text=DAY, **tables):
        for name, rows in tables.items():
            (tmp_path / f"{name}.csv").write_text(rows)
        file = tmp_path / "day.yaml"
        file.write_text(text)
        return file

    return write


def test_a_day_is_read_as_it_is_written(written):
    day = read_delivery_day(written())
    assert [depot.name for depot in day.depots] == ["main", "south"]
    assert (day.depots[0].window_s, day.depots[0].service_s) == ((6 * 3600.0, 20 * 3600.0), 300.0)
    bakery, school, clinic, villa = day.stops
    assert (bakery.demand, bakery.windows_s, bakery.service_s) == ((2.0, 40.0), ((28_800.0, 34_200.0),), 360.0)
    assert school.windows_s == ((32_400.0, 36_000.0), (50_400.0, 57_600.0))
    assert (clinic.pickup, clinic.release_s, clinic.prize, villa.prize) == ((1.0, 2.5), 29_700.0, None, 12.0)
    sprinter, again, bike = day.vehicles
    assert sprinter is again
    assert (sprinter.start_depot, sprinter.end_depot, sprinter.allowed) == (0, 1, frozenset({0, 1, 3}))
    assert (sprinter.fixed_cost, sprinter.cost_per_m, sprinter.cost_per_s) == (40.0, 0.0003, 0.01)
    assert [rest.duration_s for rest in sprinter.breaks] == [1800.0]
    assert (bike.max_distance_m, bike.max_duration_s, bike.reload_depot) == (40_000.0, 21_600.0, 0)
    assert day.travel.distance_m[0, 2] == pytest.approx(5_000.0)
    assert day.travel.time_s[0, 2] == pytest.approx(500.0)
    assert day.travel.profile.arrival_s(7.5 * 3600.0, 600.0) == 7.5 * 3600.0 + 1200.0


def test_a_day_is_solved_as_well_as_by_trying_everything(written):
    day = read_delivery_day(written(DAY.replace("breaks: {lunch: 11:00-13:00}, ", "")))
    solution = hybrid.solve(day, Stop(iterations=2000))
    judged = evaluate(day, solution.plan)
    assert judged.feasible
    assert judged.cost == pytest.approx(cheapest_with_reloads(day))


def test_without_any_cost_meters_are_counted_and_fewest_vans_may_come_first(written):
    bare = """schema: 1
kind: delivery_day
name: bare
objective: fewest_vans
travel: {circuity: 1}
depots: {d: {lat: 48.0, lon: 11.0}}
stops: {a: {lat: 48.1, lon: 11.0}}
vans: {v: {capacity: 1}}
"""
    day = read_delivery_day(written(bare))
    assert (day.vehicles[0].cost_per_m, day.convention.objective) == (1.0, "vehicles_then_cost")
    truth = haversine([(48.0, 11.0), (48.1, 11.0)], 1.0, 1.0).distance_m
    np.testing.assert_allclose(day.travel.distance_m, truth)


TABLED = """schema: 1
kind: delivery_day
name: tabled
travel: {matrix: ways.csv}
depots: {d: {}}
stops: {a: {}, b: {}}
vans: {v: {capacity: 2}}
"""


def test_ways_may_be_a_table_in_which_a_way_that_is_not_listed_is_that_back(written):
    ways = "from,to,km,min\nd,a,4,6\na,d,5,9\na,b,1,2\nd,b,3,5\n"
    day = read_delivery_day(written(TABLED, ways=ways))
    assert day.travel.distance_m.tolist() == [[0, 4000, 3000], [5000, 0, 1000], [3000, 1000, 0]]
    assert day.travel.time_s[1].tolist() == [540.0, 0.0, 120.0]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("schema: 1", "schema: 2", "day.yaml:1:9 schema: "),
        ("kind: delivery_day", "kind: scenario", "day.yaml:2:7 kind: "),
        ("08:00-09:30", "18:00-17:00", "day.yaml:9:63 stops.bakery.windows: closes before it opens"),
        ("demand: [2, 40]", "demand: [2]", "stops.bakery: needs 2 figures of demand"),
        ("demand: [2, 40]", "demand: [9, 40]", "stops.bakery: must fit into a vehicle"),
        ("demand: [2, 40]", "demand: [-9, 40]", "stops.bakery.demand"),
        ("end: south", "end: sud", "vans.sprinter.end: names the depot sud, which is not there"),
        ("only: [bakery,", "only: [backery,", "did you mean bakery?"),
        ("prize: 12 EUR", "prize: 12 USD", "vans.sprinter.cost_per_km: must be in the one currency of the file, USD"),
        ("capacity: [8, 900]", "capacity: [8, 0]", "vans.sprinter: capacity must be > 0"),
        ("villa: {east: 90 km,", "villa: {lat: 3,", "stops.villa.east: must be said: all places lie on one map"),
        ("11:00-13:00", "13:00-12:00", "vans.sprinter.breaks.lunch: closes before it opens"),
        ('{"07-09": 0.5}', '{"07-09": 0}', "travel.speeds: must be factors above 0"),
        ("service: 6 min", "servise: 6 min", "did you mean service"),
        ("08:00-09:30", "[08:00-09:30, 09:00-10:00]", "stops.bakery: windows must rise and not overlap"),
    ],
)
def test_what_is_wrong_in_a_day_is_told_with_its_place(written, old, new, told):
    assert old in DAY
    with pytest.raises(ScenarioError) as caught:
        read_delivery_day(written(DAY.replace(old, new, 1)))
    assert told in str(caught.value)
    assert all(fault.line for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("d,c,1,1", "ways.csv:5 column to: names the place c, which is neither a depot nor a stop"),
        ("b,a,-1,1", "ways.csv:5 column km: must not be negative (got"),
        ("a,b,2,2", "ways.csv:5 column to: says the way from a to b twice"),
        ("b,a,far,1", "ways.csv:5 column km: must be a finite number"),
    ],
)
def test_what_is_wrong_in_a_table_of_ways_is_told_with_its_line(written, row, told):
    with pytest.raises(ScenarioError) as caught:
        read_delivery_day(written(TABLED, ways=f"from,to,km,min\nd,a,4,6\na,b,1,2\nd,b,3,5\n{row}\n"))
    assert told in str(caught.value)


def test_a_stop_that_no_way_leads_to_is_told_with_its_line(written):
    with pytest.raises(ScenarioError, match=r"day\.yaml:6:\d+ stops\.b: must be reachable from a depot and back"):
        read_delivery_day(written(TABLED, ways="from,to,km,min\nd,a,4,6\n"))
