"""Lists of your own: buildings as graphs or aisles, several limits of a cart, times, and what is wrong with them."""

import pytest

from fulfillsim.domain.layout import GraphLayout
from fulfillsim.errors import DataError
from fulfillsim.io.instances import format_of, read_batching, read_tours
from fulfillsim.optim.batching import SOLVERS, evaluate
from fulfillsim.optim.pick_routing import ROUTING
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.instance_files import AISLES, DUE, HALL, IN_HALL


@pytest.fixture
def write(tmp_path):
    (tmp_path / "hall.json").write_text(HALL)

    def written(text, name="mine.jsonl"):
        file = tmp_path / name
        file.write_text(text)
        return file

    return written


def told(read, file):
    with pytest.raises(DataError) as caught:
        read(file)
    return str(caught.value).replace(str(file.parent) + "/", "")


def test_orders_in_a_building_of_one_way_aisles_keep_all_limits_of_the_cart(write):
    file = write(IN_HALL)
    assert format_of(file) == "order_list"
    instance = read_batching(file)
    assert (instance.dims, instance.capacity.tolist()) == (("items", "weight", "orders"), [4.0, 20.0, 3.0])
    assert instance.load.tolist() == [[2.0, 9.5, 1.0], [1.0, 4.0, 1.0], [3.0, 12.0, 1.0]]
    batches = SOLVERS["auto"](instance, "nearest_2opt", Stop(iterations=100)).plan
    # the ring is 20 m round; A and C together are 5 items and 21.5 kg, B fits with either
    assert evaluate(instance, batches, "nearest_2opt").value == 40.0


def test_due_times_and_their_price_are_those_of_the_list(write):
    instance = read_batching(write(DUE))
    assert (instance.tardiness_m_per_s, instance.pickers.setup_s) == (2.0, 30.0)
    # B alone: 30 + 10 + 5 = 45 s, in time; C then until 45 + 30 + 30 + 5 = 110 s, 20 s late
    assert evaluate(instance, ((1,), (2,), (0,)), "exact").tardiness_s == pytest.approx(20.0)


def test_tours_in_a_graph_and_with_another_end_are_read(write):
    end = AISLES[:-1] + ', "end": [1, 10.0]}'
    ring, flat = read_tours(
        write(
            '{"id": "ring", "layout": "hall.json", "picks": [3, 1], "optimal": 20.0}\n'
            f'{{"id": "flat", "layout": {end}, "picks": [[1, 3.0]]}}\n'
        )
    )
    assert isinstance(ring.picks.layout, GraphLayout)
    assert (ring.n_blocks, ring.known) == (0, {"optimal": 20.0})
    assert ROUTING["nearest_2opt"].route(ring.picks).sequence == (1, 0)
    assert ROUTING["exact"].route(flat.picks).length_m == 15.0


def test_two_way_arcs_are_said_once(write):
    (tour,) = read_tours(
        write('{"id": 1, "layout": {"arcs": [[0, 1, 4.0]], "start": 0, "two_way": true}, "picks": [1]}')
    )
    assert tour.picks.layout.arcs == ((0, 1, 4.0), (1, 0, 4.0))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"picks": [3]',
            '"picks": [9]',
            "mine.jsonl:3 order B: picks: must be [aisle, meters] or, in a graph, vertices: no walk",
        ),
        ('"weight": 4.0', '"weight": 40', "mine.jsonl:3 order: must fit on one cart: weight <= 20 (got 40) - split"),
        (', "weight": 4.0', "", "mine.jsonl:3 order B: must say weight, which the cart limits"),
        ('"weight": 4.0', '"weigth": 4.0', "must not have weigth - there are: id, picks, release_s, due_s, items"),
        ('"weight": 4.0', '"weight": -4.0', "weight: must be a number of at least 0 (got -4.0)"),
        ('"picks": [3]', '"picks": [[3, 1.0]]', "mine.jsonl:3 order B: picks: must be [aisle, meters] or, in a graph"),
        ('"picks": [3]', '"picks": []', "mine.jsonl:3 order 1: must have at least one line"),
        ('"weight": 12.0}', '"weight": 12', "mine.jsonl:4: must be one JSON object: the line is cut short or damaged"),
        ('"weight": 4.0', '"weight": 4.0, "due_s": 9', "mine.jsonl:2 order A: must have due_s, as other orders do"),
        ("hall.json", "hull.json", "mine.jsonl:1: hull.json: cannot be read: No such file"),
        ('"hall.json"', "7", "mine.jsonl:1: layout: must be an object or the name of a file (got 7)"),
        ('"items": 4', '"items": "4"', "mine.jsonl:1: items: must be a number of at least 0 (got '4')"),
        ('{"layout"', '{"pickers": {"speed": 1}, "layout"', "must not have speed - there are: n_pickers"),
        (
            '{"layout"',
            '{"pickers": {"n_pickers": 0}, "layout"',
            "n_pickers: must be a whole number of at least 1",
        ),
        ('{"id": "A"', "", "mine.jsonl:2: must be one JSON object"),
    ],
)
def test_faults_have_their_line(write, old, new, message):
    assert old in IN_HALL
    assert message in told(read_batching, write(IN_HALL.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[3, 0, 6.0]", "[3, 0, -6.0]", "arc 3 -> 0: must be metres, at least 0 (got -6.0)"),
        ("[3, 0, 6.0]", '[3, "door", 6.0]', "a vertex: must be a whole number (got 'door')"),
        ('"start": 0', '"start": 7', "start_vertex: must be from 0 to 3 (got 7)"),
        ('"start"', '"begin"', "layout: must have start"),
        ('"start"', '"oneway": true, "start"', "layout: must not have oneway - a graph has arcs, start, end, two_way"),
        ("6.0]]", "6.0]", "hall.json:1: is no JSON"),
        ("[3, 0, 6.0]", "[0, 3, 6.0]", "no walk leads from the depot to 1 and back"),
    ],
)
def test_faults_of_a_building_are_told_at_the_line_that_names_it(write, tmp_path, old, new, message):
    assert old in HALL
    (tmp_path / "hall.json").write_text(HALL.replace(old, new, 1))
    assert message in told(read_batching, write(IN_HALL))


def test_all_faults_of_a_list_are_told_at_once(write):
    heavy = IN_HALL.replace('"weight": 4.0', '"weight": 40').replace('"picks": [1, 2]', '"picks": [1, 9]')
    found = told(read_batching, write(heavy)).splitlines()
    assert [line.split()[0] for line in found] == ["mine.jsonl:2", "mine.jsonl:3"]


def test_a_list_without_orders_is_cut_short(write):
    assert "ends before an order: the file is cut short" in told(read_batching, write(IN_HALL.partition("\n")[0]))
