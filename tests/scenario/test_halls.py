"""Buildings that are graphs: what lies where, what a scenario is refused for, and metres walked, counted by hand."""

import json
import pickle

import pytest

from fulfillsim import simulate
from fulfillsim.errors import ScenarioError

RING = {"arcs": [[v, (v + 1) % 8, 2.0] for v in range(8)], "start": 0}
"""One way round, 16 m."""
WALK = {"routing": "nearest_2opt", "setup": "0s", "search": "0s", "unit": "0s", "speed": "1 m/s"}


@pytest.fixture
def hall(small, tmp_path):
    """Maker of the small scenario in a hall, with its graph, other files beside it, and changes."""

    def made(graph=RING, changes=None, **files):
        (tmp_path / "hall.json").write_text(graph if isinstance(graph, str) else json.dumps(graph))
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text)
        usual = {"layout.graph": "hall.json", "layout.levels": 7, "fulfillment.picking.tour.routing": "nearest_2opt"}
        usual |= {"layout.aisles": None, "layout.cells": None}
        return small(usual | (changes or {}), tmp_path)

    return made


@pytest.fixture
def refused(hall):
    """What is said of it, without the file that the test wrote."""

    def told(*args, **kwargs):
        with pytest.raises(ScenarioError) as caught:
            hall(*args, **kwargs)
        return "\n".join(line.partition(" ")[2] for line in str(caught.value).splitlines())

    return told


def test_skus_lie_on_all_vertices_but_those_where_tours_begin_and_end(hall):
    catalog = hall({**RING, "end": 4}).world().catalog
    assert set(catalog.aisle) == {1, 2, 3, 5, 6, 7}
    assert set(catalog.position_m) == {0.0}


def test_popular_skus_lie_where_the_shortest_tours_lead(hall):
    line = {"arcs": [[0, 1, 1.0], [1, 2, 1.0], [2, 3, 1.0]], "two_way": True, "start": 1}
    catalog = hall(line, {"catalog": {"skus": 6, "slots": "popularity"}, "layout.levels": 2}).world().catalog
    assert catalog.aisle.tolist() == [0, 0, 2, 2, 3, 3]


def test_a_table_says_the_slots_and_the_catalog_names_them_or_their_vertices(hall):
    slots = {"layout.slots": {"table": "slots.csv"}, "catalog": {"skus": None, "table": "skus.csv"}}
    skus = "sku,slot\nA,L2\nB,L1\nC,L1\n"
    catalog = hall(changes=slots, slots="slot,vertex\nL1,3\nL2,0\n", skus=skus).world().catalog
    assert catalog.aisle.tolist() == [0, 3, 3]
    plain = {"catalog": {"skus": None, "table": "skus.csv"}}
    assert hall(changes=plain, skus="sku,vertex\nA,5\nB,1\n").world().catalog.aisle.tolist() == [5, 1]


@pytest.mark.parametrize("policy", ["first_come", "cw2", "auto"])
def test_every_tour_on_a_one_way_ring_goes_once_around(hall, policy):
    orders = {"demand.channels.web.orders_per_day": 40, "begin": "empty", "warm_up": 0, "days": 1, "inventory": None}
    batch = {"fulfillment.picking.batch": {"policy": policy, "max_orders": 3}, "fulfillment.picking.tour": WALK}
    tours = simulate(hall(changes=orders | batch), replications=1).to_frame("tour_orders")
    assert len(tours) > 5
    walked = simulate(hall(changes=orders | batch), replications=1).to_frame("visits")
    spans = walked[walked["station"] == "picking"].eval("ended_s - started_s").round(6)
    assert set(spans) == {16.0}


def test_zones_are_vertices_with_numbers_next_to_each_other(hall):
    zones = {"low": {"share": 0.5}, "high": {"share": 0.5}}
    skills = {"staff.pickers.skills": {"picking": None, "low": 1, "high": 1}}
    catalog = hall(changes={"fulfillment.picking.zones": zones} | skills).world().catalog
    assert {int(v) for v, zone in zip(catalog.aisle, catalog.zone, strict=True) if zone == 0} == {1, 2, 3}


def test_a_changed_graph_is_another_scenario_and_caches_stay_at_home(hall):
    before, after = hall().content_hash(), hall({**RING, "start": 1}).content_hash()
    assert before != after
    graph = hall().settings.layout.graph
    size = len(pickle.dumps(graph))
    assert graph.distance_m((0, 0.0), (3, 0.0)) == 6.0
    assert len(pickle.dumps(graph)) == size


def test_a_vertex_that_cannot_be_left_again_is_warned_of_and_holds_nothing(hall):
    dead_end = {"arcs": [*RING["arcs"], [3, 8, 5.0]], "start": 0}
    scenario = hall(dead_end)
    assert "has 1 vertices to which no walk leads from the start and on to the end: 8" in str(scenario.warnings[0])
    assert 8 not in scenario.world().catalog.aisle


@pytest.mark.parametrize(
    ("graph", "changes", "rule"),
    [
        (
            RING,
            {"fulfillment.picking.tour.routing": "s_shape"},
            "tour.routing: s_shape needs a rectangular layout, this one is a graph",
        ),
        (RING, {"fulfillment.picking.tour.routing": "exact"}, "use nearest_2opt or ortools"),
        (RING, {"fulfillment.picking.tour.congestion": 0.5}, "tour.congestion: counts pickers by aisle"),
        (RING, {"catalog.slots": "abc_within_aisle"}, "catalog.slots: needs aisles, this layout is a graph"),
        (RING, {"layout.levels": 1}, "layout: holds 7 SKUs, the catalog has 40 - add vertices or levels"),
        (
            RING,
            {"layout.cells": 9},
            "layout.cells: does not go with the keys beside it (got 9) - cells: null takes it away",
        ),
        (RING, {"layout.levels": 0}, "layout.levels: must be at least 1"),
        (RING, {"layout.graph": "hal.json"}, "layout.graph: there is no such file"),
        (RING, {"layout.graph": "hall.csv"}, "layout.graph: must be a .json file"),
        (RING, {"layout.graph": "../hall.json"}, "layout.graph: must lie in the scenario's folder"),
        (RING, {"layout.graph": 7}, "layout.graph: must be the name of a JSON file"),
        ('{"arcs": [[0, 1, 2.0],', {}, "line 1: is no JSON"),
        ({"arcs": [[0, 1, 2.0]]}, {}, "layout.graph: layout: must have start"),
        ({"arcs": [[0, 1, -2.0]], "start": 5}, {}, "must be metres, at least 0 (got -2.0) and start_vertex: must be"),
        (
            {"aisles": 2, "aisle_spacing": 3.0, "cross_aisles": [0, 9], "depot": [0, 0]},
            {},
            "layout.graph: names parallel aisles, not a graph",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(refused, graph, changes, rule):
    assert rule in refused(graph, changes)


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("slot,vertex\nL1,9\n", "vertex: must be a vertex from 0 to 7"),
        ("slot,aisle\nL1,1\n", "aisle: is not a column"),
        ("sku,vertex,aisle\nA,1,1\n", "aisle: is no column where the layout is a graph"),
        ("sku,vertex\nA,11\n", "vertex: must be a vertex from 0 to 7"),
    ],
)
def test_a_table_with_strange_places_is_refused_with_its_row(refused, table, rule):
    if table.startswith("slot"):
        changes = {"layout.slots": {"table": "it.csv"}}
    else:
        changes = {"catalog": {"skus": None, "table": "it.csv"}}
    assert rule in refused(RING, changes, it=table)


def test_a_vertex_says_nothing_among_aisles(small, tmp_path):
    (tmp_path / "skus.csv").write_text("sku,vertex\nA,1\n")
    with pytest.raises(ScenarioError, match="vertex: is no column where the layout is parallel aisles"):
        small({"catalog": {"skus": None, "table": "skus.csv"}}, tmp_path)


def test_the_routing_of_a_path_is_checked_as_well(faults):
    own = {"big": {"when": {"lines": 1}, "picking": {"tour": {"routing": "midpoint"}}}}
    changes = {"fulfillment.paths": own, "layout.blocks": 2, "fulfillment.picking.tour.routing": "exact"}
    changes["staff.pickers.skills.big_picking"] = 3
    assert any(
        "paths.big.picking.tour.routing: midpoint is defined for one block" in fault for fault in faults(changes)
    )
