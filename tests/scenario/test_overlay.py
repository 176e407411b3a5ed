"""Layers of a scenario: what wins, what is taken away, and who said it."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.changes import set_layers, vary_layers
from fulfillsim.scenario.nodes import Node, Place, find, place_of, plain
from fulfillsim.scenario.overlay import Layer, read_layers, stack
from fulfillsim.scenario.text import parse


def merge(*trees: Node) -> Node:
    return laid(map(Layer, trees))


def laid(layers: Iterable[Layer]) -> Node:
    faults: list[Fault] = []
    tree = stack(layers, faults)
    if faults:
        raise ScenarioError(faults)
    return tree


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")


def test_a_scenario_is_laid_on_what_it_extends_level_by_level(tmp_path: Path) -> None:
    write(
        tmp_path, a="x: {p: 1, q: 1, r: 1}\n", b="extends: a.yaml\nx: {q: 2, r: 2}\n", c="extends: b.yaml\nx:\n  r: 3\n"
    )
    tree = laid(read_layers(tmp_path / "c.yaml"))
    assert plain(tree) == {"x": {"p": 1, "q": 2, "r": 3}}
    files = [Path(place_of(tree, ("x", key)).file).name for key in "pqr"]
    assert files == ["a.yaml", "b.yaml", "c.yaml"]


def test_what_is_extended_may_lie_in_a_folder_below_and_point_back_up(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    write(tmp_path, top="a: 1\n", mine="extends: parts/middle.yaml\n")
    write(tmp_path / "parts", middle="extends: ../top.yaml\nb: 2\n")
    assert plain(laid(read_layers(tmp_path / "mine.yaml"))) == {"a": 1, "b": 2}


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    write(tmp_path, secret="a: 1\n")
    write(tmp_path / "inner", mine="extends: link.yaml\n")
    (tmp_path / "inner" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(ScenarioError, match=r"mine\.yaml:1:10 extends: must lie in the scenario's own folder"):
        read_layers(tmp_path / "inner" / "mine.yaml")


def test_a_shipped_scenario_is_extended_by_its_bare_name(tmp_path: Path) -> None:
    (tmp_path / "shipped").mkdir()
    (tmp_path / "mine").mkdir()
    write(tmp_path / "shipped", baseline="extends: common.yaml\na: 1\n", common="b: 2\n")
    write(tmp_path / "mine", mine="extends: baseline\na: 3\n")
    shipped = {"baseline": tmp_path / "shipped" / "baseline.yaml"}
    assert plain(laid(read_layers(tmp_path / "mine" / "mine.yaml", shipped))) == {"a": 3, "b": 2}


def test_lists_are_replaced_whole_and_null_takes_a_key_away() -> None:
    base = parse("a: [1, 2, 3]\nb: {c: 1, d: 2}\n", "base")
    assert plain(merge(base, parse("a: [9]\nb: {c: null}\n", "over"))) == {"a": [9], "b": {"d": 2}}


def test_null_with_nothing_below_names_the_nearest_key() -> None:
    base = parse("staff: {pickers: 1, packers: 1}\n", "base")
    with pytest.raises(ScenarioError, match=r"over:1:9 staff.pikers: .* - did you mean pickers\?"):
        merge(base, parse("staff: {pikers: null}\n", "over"))


def test_settings_of_the_command_line_are_yaml_scalars_or_flow_collections() -> None:
    tree = parse("a: {b: 1, c: 2}\n", "f")
    sets = ["a.b=17:00", "a.d={x: [1, true]}", "a.c=null", 'e."f.g"= 3', "h=x=y", "a.b=18:00"]
    changed = laid([Layer(tree), *set_layers(sets)])
    assert plain(changed) == {"a": {"b": "18:00", "d": {"x": [1, True]}}, "e": {"f.g": 3}, "h": "x=y"}
    assert place_of(changed, ("a", "b")) == Place("--set")
    assert plain(tree) == {"a": {"b": 1, "c": 2}}


def test_every_bad_setting_is_told_at_once() -> None:
    sets = ["a", "=1", "a..b=1", "a=", "a=[1", "a=- 1", "a=b: c", "extends=x.yaml", "a=.nan", "good=1"]
    with pytest.raises(ScenarioError) as caught:
        set_layers(sets)
    assert str(caught.value).splitlines() == [
        '--set: must be a path, an equals sign and a value (got "a") - --set path.to.field=value',
        '--set: must be keys joined by dots (got "=1") - '
        "join keys by dots, and put a key that holds a dot or blank in double quotes",
        '--set: must be keys joined by dots (got "a..b=1") - '
        "join keys by dots, and put a key that holds a dot or blank in double quotes",
        "--set a: has no value - write a=null to take it away",
        '--set a: a bracket is not closed or a comma is missing (got "[1") - close [ ] and { }',
        '--set a: must be a scalar, [a, list] or {a: mapping} (got "- 1") - put it in brackets or quotes',
        '--set a: must be a scalar, [a, list] or {a: mapping} (got "b: c") - put it in brackets or quotes',
        '--set extends: can stand in a file only (got "extends=x.yaml") - name the other file',
        '--set a: must be a number that exists (got ".nan")',
    ]


def test_python_values_vary_a_scenario_and_numpy_scalars_count_as_numbers() -> None:
    tree = parse("a: {b: 1, c: 2}\n", "f")
    changed = laid([Layer(tree), *vary_layers({"a.b": np.int64(3), "a.c": None, "a.d": ("x", {"y": np.float64(0.5)})})])
    assert plain(changed) == {"a": {"b": 3, "d": ["x", {"y": 0.5}]}}
    assert type(plain(changed)["a"]["b"]) is int
    assert place_of(changed, ("a", "d", 1, "y")) == Place("vary")


def test_values_that_cannot_stand_in_a_file_are_refused_all_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        vary_layers({"a": object, "b": float("nan"), "c.": 1})
    assert [fault.path for fault in caught.value.faults] == ["a", "b", ""]


def layer(name: str) -> st.SearchStrategy[Node]:
    """Layers that agree on what is a mapping: keys in capitals hold mappings, the others numbers."""

    def node(value: object) -> Node:
        if isinstance(value, dict):
            return Node({key: node(below) for key, below in value.items()}, Place(name))
        return Node(value, Place(name))  # type: ignore[arg-type]

    inner = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3)
    middle = st.dictionaries(st.sampled_from("XY"), inner, max_size=2)
    return st.builds(lambda a, b: node({**a, **b}), inner, middle)


@given(layer("1"), layer("2"), layer("3"))
def test_merging_is_associative_with_all_marks(a: Node, b: Node, c: Node) -> None:
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


@given(layer("1"), layer("2"))
def test_each_merged_value_is_that_of_the_upper_layer_that_has_it_and_says_so(a: Node, b: Node) -> None:
    merged = merge(a, b)
    for path in [(k,) for k in "abc"] + [(m, k) for m in "XY" for k in "abc"]:
        wanted = find(b, path) or find(a, path)
        assert find(merged, path) == wanted


@given(layer("1"))
def test_an_empty_layer_changes_nothing_on_either_side(a: Node) -> None:
    nothing = Node({}, a.place)
    assert merge(a, nothing) == merge(nothing, a) == merge(a, a) == a
