"""Published delivery instances, their solutions, and files with faults."""

from itertools import pairwise
from math import dist
from time import process_time

import pytest

from fulfillsim.errors import DataError, UnknownNameError
from fulfillsim.io.routing_instances import read_conventions, read_delivery, read_solution, solution_text
from fulfillsim.optim.delivery.evaluation import evaluate

SOLOMON = """tiny

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME
    0      0         0          0          0        100          0
    1      3         4          {demand}         {ready}         90          10
    2      1         1          2          0         {due}         10
"""


def written(tmp_path, demand="5", ready="0", due="90"):
    file = tmp_path / "tiny.txt"
    file.write_text(SOLOMON.format(demand=demand, ready=ready, due=due))
    return file


def test_solomon_text_is_scaled_by_ten_and_truncated_or_left_as_it_is(tmp_path):
    both = read_conventions(written(tmp_path))
    dimacs, plain = both["dimacs"], both["vehicles_first"]
    assert dimacs.travel.distance_m[0, 2] == 14.0
    assert plain.travel.distance_m[0, 2] == pytest.approx(2**0.5)
    assert (dimacs.stops[0].service_s, dimacs.printed(123.0)) == (100.0, 12.3)
    assert plain.convention.objective == "vehicles_then_cost"
    assert len(dimacs.vehicles) == 2


@pytest.mark.parametrize(
    ("change", "line", "rule"),
    [
        ({"ready": "95"}, 10, "close before it opens (got (950.0, 900.0), times 10 by convention dimacs)"),
        ({"demand": "11"}, 10, "fit into a vehicle"),
        ({"demand": "-1"}, 10, "demand must be >= 0"),
        ({"due": "1"}, 11, "reachable before its window closes"),
        ({"demand": "many"}, 10, "7 numbers"),
    ],
)
def test_faults_are_told_with_file_and_line(tmp_path, change, line, rule):
    file = written(tmp_path, **change)
    with pytest.raises(DataError) as caught:
        read_delivery(file)
    assert f"{file}:{line} " in str(caught.value)
    assert rule in str(caught.value)


VRPLIB = """NAME : tiny
TYPE : {type}
DIMENSION : {places}
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
CAPACITY : {capacity}
EDGE_WEIGHT_SECTION
0 {way} 2
1 0 3
2 3 0
DEMAND_SECTION
1 0
2 4
3 {demand}
DEPOT_SECTION
 {depot}
 -1
EOF
"""
RIGHT = {"type": "CVRP", "places": 3, "capacity": 9, "way": 1, "demand": 4, "depot": 1}


def test_an_asymmetric_matrix_file_is_read_as_it_is_where_its_type_says_so(tmp_path):
    file = tmp_path / "tiny.vrp"
    file.write_text(VRPLIB.format(**RIGHT | {"type": "ACVRP", "way": 7}))
    instance = read_delivery(file).instance
    assert (instance.travel.distance_m[0, 1], instance.travel.distance_m[1, 0]) == (7.0, 1.0)
    assert instance.convention.name == "nint"


@pytest.mark.parametrize(
    ("change", "line", "rule"),
    [
        ({"way": 7}, 8, "must be as far from 1 to 2 as back"),
        ({"way": -7}, 8, "distance must be >= 0"),
        ({"way": "x"}, 8, "numbers only"),
        ({"way": "nan"}, 8, "numbers only"),
        ({"way": "inf", "type": "ACVRP"}, 13, "reachable from a depot"),
        ({"capacity": 0}, 6, "capacity must be > 0"),
        ({"demand": "x"}, 14, "numbers only"),
        ({"depot": 4}, 16, "must name places from 1 to 3"),
        ({"depot": "1.5"}, 16, "must name places from 1 to 3"),
        ({"places": 2.5}, 3, "must be a whole number, at least 2"),
        ({"places": "nan"}, 3, "must be a number"),
    ],
)
def test_a_faulty_vrplib_file_is_refused_with_its_line(tmp_path, change, line, rule):
    file = tmp_path / "tiny.vrp"
    file.write_text(VRPLIB.format(**RIGHT | change))
    with pytest.raises(DataError) as caught:
        read_delivery(file)
    assert f"{file}:{line} " in str(caught.value)
    assert rule in str(caught.value)


def test_a_missing_file_and_an_unknown_convention_are_told(tmp_path):
    with pytest.raises(DataError, match="must be a file that exists"):
        read_delivery(tmp_path / "nowhere.txt")
    with pytest.raises(UnknownNameError, match="dimacs"):
        read_delivery(written(tmp_path), "dimac")


def test_routes_survive_writing_and_reading(tmp_path):
    instance = read_delivery(written(tmp_path)).instance
    (tmp_path / "a.sol").write_text("Route #2: 2 1\nCost 12.8\n")
    routes, cost = read_solution(tmp_path / "a.sol")
    (tmp_path / "b.sol").write_text(solution_text(routes, 12.8))
    assert read_solution(tmp_path / "b.sol") == (routes, cost)
    assert evaluate(instance, routes).feasible


def published(folder):
    for solution in sorted((folder / "delivery").rglob("*.sol")):
        beside = [solution.with_suffix(ending) for ending in (".vrp", ".txt")]
        yield next(file for file in beside if file.exists()), solution


def test_every_published_solution_has_its_published_cost(shared_data):
    wrong = []
    for file, solution in published(shared_data):
        instance = read_delivery(file).instance
        routes, cost = read_solution(solution, instance.n_depots)
        judged = evaluate(instance, routes)
        if not judged.feasible or instance.printed(judged.cost) != cost:
            wrong.append((file.name, cost, instance.printed(judged.cost), judged.violations[:2]))
    assert not wrong


def test_published_solutions_cost_what_their_streets_measure_where_vehicles_come_first(shared_data):
    """Straight lines between the file's coordinates in double precision, summed here without our reader."""
    found = [pair for pair in published(shared_data) if pair[0].suffix == ".txt"]
    assert found
    for file, solution in found:
        instance = read_delivery(file, "vehicles_first").instance
        rows = [
            line.split()
            for line in file.read_text().splitlines()
            if len(line.split()) == 7 and line.split()[0].isdigit()
        ]
        points = [(float(x), float(y)) for _, x, y, *_ in rows]
        routes, cost = read_solution(solution)
        ways = [[0, *(stop + 1 for stop in route.stops), 0] for route in routes]
        metres = sum(dist(points[a], points[b]) for way in ways for a, b in pairwise(way))
        judged = evaluate(instance, routes)
        assert instance.printed(judged.cost) == round(metres, 2)
        assert judged.n_vehicles == len(ways)
        assert cost <= metres < cost + 0.1 * sum(len(way) - 1 for way in ways)  # DIMACS cuts each leg after one decimal


def test_judging_a_hundred_stops_takes_less_than_a_millisecond(shared_data):
    folder = shared_data / "delivery" / "solomon"
    instance = read_delivery(folder / "RC208.txt").instance
    routes, _ = read_solution(folder / "RC208.sol")
    evaluate(instance, routes)
    spent = []
    for _ in range(20):
        begin = process_time()
        evaluate(instance, routes)
        spent.append(process_time() - begin)
    assert min(spent) < 0.001


def test_the_library_vrplib_reads_the_same_figures(shared_data):
    vrplib = pytest.importorskip("vrplib")
    for file in sorted((shared_data / "delivery").rglob("*.vrp")):
        theirs = vrplib.read_instance(file, compute_edge_weights=False)
        ours = read_delivery(file, "none").instance
        assert [s.demand[0] for s in ours.stops] == theirs["demand"][ours.n_depots :].tolist()
        assert (ours.points == theirs["node_coord"]).all()
