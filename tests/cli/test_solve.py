import json

import pytest

TOURS = (
    '{"id": "comb", "aisles": 3, "aisle_spacing": 5.0, "cross_aisles": [0.0, 10.0], "depot": [0, 0.0], '
    '"picks": [[0, 2.0], [1, 3.0], [2, 1.0]]}\n'
)


@pytest.fixture
def tours(tmp_path):
    file = tmp_path / "tours.jsonl"
    file.write_text(TOURS + TOURS.replace("comb", "brush"))
    return file


@pytest.fixture
def orders(tmp_path):
    """Three orders in the raw format, of which two fit on a cart."""
    file = tmp_path / "1s-3-2-0.txt"
    lines = [f"Order {n}\tnumber of articles 1\n0\tAisle {2 * n}\tLocation 9\n" for n in range(3)]
    file.write_text("".join(lines))
    return file


def test_one_tour_is_printed_in_the_order_of_the_walk_and_drawn(cli, tours, tmp_path):
    done = cli("solve", "pick", f"{tours}#comb", "-o", tmp_path / "a.png", "--format", "json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["value"], found["status"], found["lower_bound"]) == (32.0, "optimal", 32.0)
    assert {row["pick"] for row in found["rows"]} == {0, 1, 2}
    assert (tmp_path / "a.png").exists()


def test_batches_are_printed_with_their_orders_and_drawn(cli, orders, tmp_path):
    done = cli("solve", "batch", orders, "-s", "cw2", "-r", "return", "-o", tmp_path / "b.png", "--format", "json")
    found = json.loads(done.stdout)
    # 21 m into each aisle and back; aisle 2 is 10 m away and shares its way with aisle 1
    assert found["value"] == 21 + (2 * 21 + 20)
    assert sorted(row["orders"] for row in found["rows"]) == ["0", "1 2"]
    assert (tmp_path / "b.png").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pick", "{tours}"), "holds 2 instances - name one, as in"),
        (("pick", "{tours}#coomb"), "did you mean 'comb'"),
        (("pick", "{tours}#comb", "-s", "exakt"), "did you mean 'exact'"),
        (("pick", "{tours}#comb", "-r", "travesal"), "did you mean 'traversal'"),
        (("batch", "{tours}"), "tours.jsonl:1: must hold orders to be batched"),
        (("batch", "nowhere.txt"), "nowhere.txt: cannot be read"),
        (("pick", "{tours}#comb", "-o", "no/such/folder.png"), "there is no folder"),
    ],
)
def test_what_cannot_be_done_exits_with_2_and_says_why(cli, tours, words, told):
    done = cli("solve", *(word.format(tours=tours) for word in words))
    assert done.exit_code == 2
    assert told in done.stderr


def test_no_plan_exits_with_1_and_says_why(cli, tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text(TOURS.replace("[0.0, 10.0]", "[0.0, 10.0, 20.0]"))
    done = cli("solve", "pick", file, "-s", "largest_gap")
    assert done.exit_code == 1
    assert "defined for one block" in done.stderr


def test_routings_and_solvers_are_listed(cli):
    assert "s_shape" in cli("list", "routing").stdout
    solvers = cli("list", "solvers").stdout
    assert all(name in solvers for name in ("ruin_and_recreate", "pyvrp", "regret_insertion", "cheapest_on_promise"))


def test_bad_instances_end_a_benchmark_before_anything_runs(cli, tours, orders, tmp_path):
    bad = tmp_path / "cut.jsonl"
    bad.write_text(TOURS[:70])
    done = cli("bench", "picking", tours, bad)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "cut.jsonl:1: must be one JSON object: the line is cut short" in done.stderr
    too_large = tmp_path / "1s-3-1-0.txt"
    too_large.write_text(orders.read_text().replace("articles 1\n", "articles 2\n0\tAisle 1\tLocation 1\n"))
    done = cli("bench", "batching", too_large)
    assert done.exit_code == 2
    assert "1s-3-1-0.txt:1 order 0: must fit on one cart: items <= 1 (got 2)" in done.stderr
