"""Ways of own vans from a table: CSV or matrices, one direction or both, and every fault of them at once."""

import numpy as np
import pytest

from fulfillsim.errors import ScenarioError
from fulfillsim.scenario import load_scenario

LISTED = """schema: 1
name: listed
extends: own_fleet
delivery:
  fleet:
    ways: {table: ways.csv}
    speed: 30 km/h
    depot: {east: null, north: null}
    zones: {city: {east: null, north: null}, suburbs: {east: null, north: null}}
    vans: {sprinter: {starts: {place: yard}, ends: {place: home}}}
"""
WAYS = """from,to,km,min
depot,city,5,12
city,depot,6,15
depot,suburbs,9,
suburbs,suburbs,,4
city,city,1,3
city,suburbs,6,16
yard,depot,2,5
depot,home,3,
city,home,1,
suburbs,home,8,
"""


@pytest.fixture
def listed(tmp_path):
    def made(text=WAYS, **changes):
        (tmp_path / "ways.csv").write_text(text, "utf-8")
        (tmp_path / "listed.yaml").write_text(LISTED, "utf-8")
        return load_scenario(tmp_path / "listed.yaml").vary({f"delivery.fleet.{k}": v for k, v in changes.items()})

    return made


def test_a_table_tells_every_way_and_the_speed_what_it_leaves_out(listed):
    """The depot, the two zones, and where the van stands; 30 km/h are 2 minutes a kilometer."""
    fleet = listed().world().delivery.fleet
    at = {"depot": 0, "city": 1, "suburbs": 2, "yard": 3, "home": 4}
    km, minutes = fleet.ways.distance_m / 1000.0, fleet.ways.time_s / 60.0
    assert fleet.depot_m == (0.0, 0.0)
    assert fleet.vans[0].starts_m == (3.0, 0.0)
    assert fleet.zone_m[[0, 2], 0].tolist() == [1.0, 2.0]  # city, country, suburbs
    assert np.isnan(fleet.zone_m[1]).all()
    assert (km[at["depot"], at["city"]], km[at["city"], at["depot"]]) == (5.0, 6.0)
    assert (km[at["suburbs"], at["depot"]], minutes[at["suburbs"], at["depot"]]) == (9.0, 18.0)
    assert (km[at["suburbs"], at["suburbs"]], minutes[at["suburbs"], at["suburbs"]]) == pytest.approx((2.0, 4.0))
    assert minutes[at["suburbs"], at["city"]] == 16.0


def test_matrices_say_the_same_as_rows(listed, tmp_path):
    by_rows = listed().world().delivery.fleet.ways
    order = [2, 4, 0, 3, 1]
    names = np.array(["depot", "city", "suburbs", "yard", "home"])[order]
    km, minutes = (matrix[np.ix_(order, order)].copy() for matrix in (by_rows.distance_m, by_rows.time_s))
    km[~np.isfinite(km)] = np.nan
    np.savez(tmp_path / "ways.npz", places=names, km=km / 1000.0, min=minutes / 60.0)
    found = listed(**{"ways.table": "ways.npz"}).world().delivery.fleet.ways
    np.testing.assert_allclose(found.distance_m, by_rows.distance_m)
    np.testing.assert_allclose(found.time_s, by_rows.time_s)


def test_all_faults_of_a_table_are_told_with_their_lines(listed):
    bad = "from,to,km,min,toll\ndepot,city,-5,12,\ncity,cyti,1,3,\ndepot,suburbs,,,\ncity,depot,6,7,\ncity,depot,6,7,\n"
    with pytest.raises(ScenarioError) as caught:
        listed(bad)
    assert [line.partition(" (got")[0] for line in str(caught.value).splitlines()] == [
        "ways.csv:1 column toll: is not a column here - columns are from, to, km, min",
        "ways.csv:2 column km: must not be negative",
        "ways.csv:3 column to: names the place cyti, which is neither the depot nor a zone, nor where a van starts or "
        "ends - correct it, or leave the row out",
        "ways.csv:4 column km: must be said, or the minutes - km: 3.5",
        "ways.csv:6 column to: says the way from city to depot twice - leave one out",
    ]


def test_every_two_places_without_a_way_are_named(listed):
    with pytest.raises(ScenarioError) as caught:
        listed("from,to,km\ndepot,city,5\ncity,suburbs,6\nsuburbs,suburbs,1\ndepot,home,2\nhome,city,2\n")
    rules = [line.partition("ways: ")[2].partition(" -")[0] for line in str(caught.value).splitlines()]
    assert rules == [
        "has no way from depot to suburbs, nor the way back",
        "has no way from city to city (between customers there)",
        "has no way from yard to depot, nor the way back",
        "has no way from suburbs to home, nor the way back",
    ]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"depot.east": "3 km"}, "depot.east: must be left out: the table of ways tells how far places are"),
        ({"vans.sprinter.starts.place": None}, "starts.place: must be said: what the table of ways calls it"),
        ({"ways": None}, "starts.place: names a place of `ways`, and there are none"),
        (
            {"vans.sprinter.max_distance": "10 km"},
            "max_distance: must reach a zone and come back: the nearest is 11.0 km",
        ),
        ({"vans.sprinter.shift": "18:00-18:04"}, "starts: must leave time to work: to the depot it takes 0.1 h"),
        ({"ways.table": "ways.txt"}, "must be a .csv, .parquet, .xlsx or .npz file"),
    ],
)
def test_what_does_not_go_with_a_table_is_refused(listed, changes, rule):
    with pytest.raises(ScenarioError) as caught:
        listed(**changes)
    assert any(rule in line for line in str(caught.value).splitlines()), str(caught.value)


@pytest.mark.parametrize(
    ("arrays", "rule"),
    [
        ({"km": np.zeros((2, 2))}, "needs an array `places`"),
        ({"places": np.array(["depot", "city"]), "km": np.zeros((2, 3))}, "km must be a matrix of numbers, 2 x 2"),
        ({"places": np.array(["depot", "city"]), "km": np.full((2, 2), np.nan)}, "holds no row"),
        ({"places": np.array(["depot", "city"]), "km": np.full((2, 2), -1.0)}, "column km: must not be negative"),
        ({"places": np.array(["depot", None], object), "km": np.zeros((2, 2))}, "is not an .npz file of arrays"),
    ],
)
def test_matrices_that_say_nothing_are_refused(listed, tmp_path, arrays, rule):
    np.savez(tmp_path / "ways.npz", **arrays)
    with pytest.raises(ScenarioError, match=rule):
        listed(**{"ways.table": "ways.npz"})
