"""Published formats by small files written by hand, and all shared ones."""

import numpy as np
import pytest

from fulfillsim.errors import DataError
from fulfillsim.io.instances import files_below, format_of, read_batching, read_selection, read_tours
from fulfillsim.optim.batching import evaluate
from fulfillsim.testing.instance_files import FOOD, HENN, TOUR, WG


@pytest.fixture
def write(tmp_path):
    def written(text, name="tiny.txt"):
        file = tmp_path / name
        file.write_text(text)
        return file

    return written


def faults(read, file):
    with pytest.raises(DataError) as caught:
        read(file)
    return [(fault.line, fault.path, str(fault)) for fault in caught.value.faults]


def test_cell_0_of_wg_text_lies_at_the_back(write):
    instance = read_batching(write(WG))
    assert (instance.layout.aisle_length_m, instance.layout.start) == (14.0, (1, 0.0))
    assert instance.aisle.tolist() == [0, 1, 1]
    assert instance.position_m.tolist() == [11.0, 2.0, 2.0]
    assert instance.first.tolist() == [0, 2, 3]
    assert (instance.load.tolist(), instance.capacity.tolist()) == ([[3.0], [1.0]], [3.0])


def test_a_single_order_in_wg_text_has_no_capacity(write):
    text = WG.replace("PICKER_CAPACITY : 3\n", "").replace("NUM_ORDERS : 2\nNUM_ARTICLES_IN_ORDER", "NUM_ARTICLES")
    instance = read_batching(write(text.replace("NUM_ARTICLES_IN_ORDER : 1\nID 1 QUANTITY 1\n", "")))
    assert (instance.n_orders, instance.capacity.tolist()) == (1, [np.inf])


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("AISLE 0 CELL 0", "AISLE 2 CELL 0", 20, "AISLE: must lie in the layout, from 0 to 1 (got 2)"),
        ("AISLE 0 CELL 0", "AISLE 0 CELL 10", 20, "CELL: must lie in the layout, from 0 to 9 (got 10)"),
        ("ID 1 QUANTITY 2", "ID 1 QUANTITY 3", 24, "order 0: must fit on one cart: items <= 3 (got 4)"),
        ("ID 1 QUANTITY 2", "ID 7 QUANTITY 2", 26, "ID: must be an article with a place in SKU_SECTION (got 7)"),
        ("single-block", "two-block", 4, "LAYOUT: must be single-block"),
        ("NUM_CELLS : 10", "NUM_CELLS : ten", 6, "NUM_CELLS: must be a whole number"),
        ("ID 1 QUANTITY 1\nEOF\n", "", 27, "ends before an article of an order: the file is cut short"),
        ("\nEOF\n", "\n", 28, "ends before the line EOF: the file is cut short"),
        ("NUM_ORDERS : 2", "NUM_ORDERS : 1", 27, "must be the line EOF"),
    ],
)
def test_faults_of_wg_text_have_their_line(write, old, new, line, told):
    ((found, _, text),) = faults(read_batching, write(WG.replace(old, new)))
    assert found == line
    assert told in text


def test_location_0_of_henn_lies_at_the_front_and_two_sides_make_an_aisle(write):
    instance = read_batching(write(HENN, "1s-2-30-0.txt"))
    assert instance.aisle.tolist() == [1, 1, 9]
    assert instance.position_m.tolist() == [1.5, 45.5, 2.5]
    assert (instance.load.ravel().tolist(), instance.capacity.tolist()) == ([2.0, 1.0], [30.0])
    assert instance.layout.aisle_length_m == 47.0


def test_faults_of_henn_have_their_line(write):
    bad = HENN.replace("Aisle 3", "Aisle 20").replace("Location 1\n", "Location 45\n")
    told = faults(read_batching, write(bad, "1s-2-30-0.txt"))
    assert [(line, path) for line, path, _ in told] == [(2, "Aisle"), (6, "Location")]
    assert "ends after 2 of 3 orders" in faults(read_batching, write(HENN, "1s-3-30-0.txt"))[0][2]
    cut = HENN[: HENN.rindex("0\tAisle 19")]
    assert "ends before all lines of order 1" in faults(read_batching, write(cut, "1s-2-30-0.txt"))[0][2]
    assert "capacity" in faults(read_batching, write(HENN, "orders.txt"))[0][2]
    assert "must fit on one cart" in faults(read_batching, write(HENN, "1s-2-1-0.txt"))[0][2]


def test_a_trolley_of_foodmart_holds_items_where_boxes_are_mixed_and_boxes_otherwise(write):
    mixed = read_batching(write(FOOD.format(mixed=1)))
    assert (mixed.dims, mixed.capacity.tolist(), mixed.load.ravel().tolist()) == (("items",), [10.0], [3.0, 8.0])
    boxes = read_batching(write(FOOD.format(mixed=0)))
    assert (boxes.dims, boxes.capacity.tolist(), boxes.load.ravel().tolist()) == (("boxes",), [2.0], [1.0, 1.0])
    assert evaluate(boxes, ((0, 1),), "nearest_2opt").value == 6.5


def test_a_product_that_no_walk_reaches_is_told_with_the_line_of_its_order(write):
    told = faults(read_batching, write(FOOD.format(mixed=1).replace("1 2 1.5\n", "")))
    assert {line for line, _, _ in told} == {18, 19}
    assert "there is no path" in told[0][2]


def test_a_graph_cut_short_is_refused_even_where_what_is_left_could_be_walked(write):
    whole = FOOD.format(mixed=1)
    for end in ("2 4 2\n", "0 1 3\n//V", "3 1.5 0 Crossing\n"):
        told = faults(read_batching, write(whole[: whole.index(end) + len(end) - (end[-1] == "V") * 3]))
        assert "cut short" in told[0][2]


def test_tours_carry_their_layout_and_what_is_known(write):
    (tour,) = read_tours(write(TOUR, "tours.jsonl"))
    assert (tour.known, tour.n_blocks) == ({"optimal": 28.0, "s_shape": 30.0}, 1)
    assert tour.picks.points == [(0, 4.0), (1, 5.0)]


def test_faulty_tours_are_all_told(write):
    outside = TOUR.replace("[1,5.0]", "[2,5.0]")
    told = faults(read_tours, write(TOUR + outside + TOUR[:50] + "\n" + '{"id": 1, "picks": []}\n', "tours.jsonl"))
    assert [line for line, _, _ in told] == [2, 3, 4]
    assert "pick 1 at (2, 5.0)" in told[0][2]
    assert "cut short" in told[1][2]


def test_an_unknown_format_is_told(write, tmp_path):
    assert "must be an instance of a known format" in faults(format_of, write("once upon a time"))[0][2]
    assert "is empty" in faults(format_of, write("\n\n"))[0][2]
    assert "cannot be read" in faults(format_of, tmp_path / "nowhere.txt")[0][2]
    assert "must hold orders to be batched, and holds tours" in faults(read_batching, write(TOUR, "t.jsonl"))[0][2]


@pytest.fixture
def selection(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "articles.csv").write_text("id,volume\na,10\nb,20\n")
    (folder / "warehouse_items.csv").write_text("id,row,aisle,article,zone\nw0,-5,3,a,z1\nw1,4,0,b,z2\nw2,1,1,a,z2\n")
    (folder / "orders.json").write_text('[{"id":"o0","positions":["a","b"]},{"id":"o1","positions":["a"]}]')
    limits = '{"min_number_requested_items": 2, "max_orders_per_batch": 2, "max_container_volume": 30,'
    (folder / "parameters.json").write_text(limits + ' "first_row": -9, "last_row": 9}')
    return folder


def test_a_folder_of_tables_is_one_selection_instance(selection):
    assert files_below(selection.parent) == [selection]
    instance = read_selection(selection)
    assert (instance.n_orders, instance.edge_row, instance.pieces) == (2, 9, ((0, 2), (1,)))
    assert instance.zone.tolist() == [0, 1, 1]


def test_a_selection_without_one_of_its_tables_names_it(selection):
    (selection / "warehouse_items.csv").unlink()
    assert files_below(selection) == [selection]
    assert format_of(selection) == "josabp"
    assert "warehouse_items.csv: cannot be read" in faults(read_selection, selection)[0][2]


def test_a_folder_without_instances_is_refused(tmp_path):
    (tmp_path / "notes.md").write_text("nothing to solve")
    assert "must hold instances" in faults(files_below, tmp_path)[0][2]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("warehouse_items.csv", "w1,4", "w1,40", "warehouse_items.csv:3 row: must lie in the layout, from -9 to 9"),
        ("warehouse_items.csv", "0,b", "0,c", "warehouse_items.csv:3 article: must be in articles.csv (got c)"),
        ("warehouse_items.csv", "1,1,a,z2", "1,1", "warehouse_items.csv:4: must have all columns"),
        (
            "articles.csv",
            "b,20",
            "b,99",
            "articles.csv:3 b: must fit into a picklist, volume <= 30: an order has it (got 99)",
        ),
        ("orders.json", '["a"]}]', '["a"', "orders.json:1:"),
        ("parameters.json", '"first_row": -9, ', "", "parameters.json:1 first_row: must be there"),
    ],
)
def test_faults_of_a_selection_have_file_and_line(selection, file, old, new, told):
    text = (selection / file).read_text()
    assert old in text
    (selection / file).write_text(text.replace(old, new))
    assert any(told in found for _, _, found in faults(read_selection, selection))


def test_every_shared_file_is_read(shared_data):
    files = files_below(shared_data / "picking")
    forms = [format_of(file) for file in files]
    assert {form: forms.count(form) for form in set(forms)} == {
        "wg_text": 802,
        "henn_raw": 201,
        "foodmart": 4,
        "routing_ref": 1,
        "josabp": 3,
    }
    for file in (files[0], files[-1], *(shared_data / "picking" / "foodmart").iterdir()):
        assert read_selection(file).n_orders if file.is_dir() else read_batching(file).n_orders
