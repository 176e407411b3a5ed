"""What a YAML text becomes: YAML 1.2 scalars, and the place of each value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillsim.errors import ScenarioError
from fulfillsim.scenario.decoding import decode
from fulfillsim.scenario.nodes import Place, find, format_path, parse_path, place_of, plain
from fulfillsim.scenario.text import MAX_ALIASED, parse


@pytest.mark.parametrize(
    "word", ["17:00", "NO", "on", "yes", "off", "012", "1_000", "2026-03-02", "0b1", "+", ".", "1e", "<<"]
)
def test_words_that_yaml_11_takes_for_something_else_stay_text(word: str) -> None:
    assert plain(parse(f"a: {word}", "f")) == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("12", 12), ("-3", -3), ("0", 0), ("0x1F", 31), ("0o17", 15), ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0),
        (".inf", float("inf")), ("-.INF", float("-inf")), ("true", True), ("False", False), ("null", None), ("~", None),
    ],
)  # fmt: skip
def test_core_schema_scalars_are_recognized(word: str, value: object) -> None:
    found = plain(parse(f"a: {word}", "f"))["a"]
    assert (found, type(found)) == (value, type(value))


def test_quotes_make_text_of_anything() -> None:
    assert plain(parse("""{a: "12", b: 'true', c: "~"}""", "f")) == {"a": "12", "b": "true", "c": "~"}


def test_keys_are_text_whatever_they_look_like() -> None:
    assert plain(parse("1: a\ntrue: b\n2026-12-24: c\n", "f")) == {"1": "a", "true": "b", "2026-12-24": "c"}


def test_a_scalar_is_placed_at_itself_a_mapping_at_its_key_and_a_missing_value_at_its_holder() -> None:
    tree = parse("staff:\n  pickers:\n    wage: 18 EUR/h\n    days: [mon, tue]\n", "f.yaml")
    assert place_of(tree, ("staff", "pickers", "wage")) == Place("f.yaml", 3, 11)
    assert place_of(tree, ("staff", "pickers")) == Place("f.yaml", 2, 3)
    assert place_of(tree, ("staff", "pickers", "days", 1)) == Place("f.yaml", 4, 17)
    assert place_of(tree, ("staff", "pickers", "headcount")) == Place("f.yaml", 2, 3)
    assert place_of(tree, ("demand",)) == Place("f.yaml", 1, 1)


def test_an_alias_repeats_a_value_and_its_place() -> None:
    tree = parse("a: &x {n: 1}\nb: *x\n", "f")
    assert plain(tree) == {"a": {"n": 1}, "b": {"n": 1}}
    assert place_of(tree, ("b", "n")).line == 1
    assert place_of(tree, ("b",)).line == 2


def test_own_keys_win_over_merged_ones_and_the_first_merged_mapping_over_the_next() -> None:
    text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  a: 0\n  <<: [*x, *y]\n"
    assert plain(parse(text, "f"))["z"] == {"a": 0, "b": 1, "c": 2}


def test_a_quoted_merge_sign_is_a_key() -> None:
    assert plain(parse('"<<": 1', "f")) == {"<<": 1}


def test_aliases_may_stand_for_many_values_up_to_the_bound() -> None:
    size = 1 + 999
    text = f"a: &a [{', '.join(['1'] * 999)}]\n" + "".join(f"b{i}: *a\n" for i in range(MAX_ALIASED // size))
    assert len(plain(parse(text, "f"))) == 1 + MAX_ALIASED // size
    with pytest.raises(ScenarioError, match="aliases stand for more than"):
        parse(text + "c: *a\n", "f")


def test_a_byte_order_mark_of_utf_8_is_passed_over() -> None:
    assert decode("\ufeffä: 1".encode(), "f") == "ä: 1"


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6) | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@given(VALUES)
def test_json_is_read_as_json_reads_it(value: object) -> None:
    assert plain(parse(json.dumps(value, ensure_ascii=False), "f")) == value


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=3), st.data())
def test_the_place_of_a_scalar_is_where_its_text_begins(value: dict[str, object], data: st.DataObject) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    tree = parse(text, "f")
    key = data.draw(st.sampled_from(sorted(value)))
    node = find(tree, (key,))
    assert node is not None
    if not isinstance(node.value, dict | list):
        place = place_of(tree, (key,))
        assert place.line is not None and place.column is not None
        rest = text.split("\n")[place.line - 1][place.column - 1 :].removesuffix(",")
        assert json.loads(rest) == node.value


@given(st.lists(KEYS, min_size=1, max_size=4).map(tuple))
def test_a_path_survives_being_written(path: tuple[str, ...]) -> None:
    assert parse_path(format_path(path)) == path


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a b", 'a"b"', "a[0]"])
def test_what_is_not_keys_joined_by_dots_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match="joined by dots"):
        parse_path(text)
