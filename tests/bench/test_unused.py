"""What features cost that a scenario does not use: counted in steps, so that the same run gives the same figures."""

import ast
import inspect
import json
from collections import Counter
from textwrap import dedent

from typer.testing import CliRunner

from fulfillsim.bench.app import app
from fulfillsim.bench.unused import FEATURES, PACKAGE, Feature, _steps_in, count_unused, shown
from fulfillsim.scenario import load_scenario
from fulfillsim.sim.model import Model
from fulfillsim.tape import draw_tape

SMALL = {"days": 1, "warm_up": "0 days", "demand.factor": 0.02}
STAGES = {"communication", "carriers", "stock", "tour_counter"}
"""What a model begins without that the baseline has."""


def test_each_feature_costs_the_baseline_less_than_two_percent_and_the_same_every_time():
    world = load_scenario("baseline").vary(SMALL).world()
    costs, again = (count_unused(world, draw_tape(world, 1, 0)) for _ in range(2))
    assert costs == again
    assert len(costs.rows) > 15
    assert max(row.percent for row in costs.rows) < 2.0
    assert costs.rows[0].steps > 0  # someone asks
    assert json.loads(shown(costs, "json"))["steps"] == costs.steps
    assert "| feature | steps an order | share |" in shown(costs, "md")


def test_a_feature_that_a_scenario_has_is_not_looked_at():
    world = load_scenario("assembly").vary({"days": 1, "warm_up": "0 days", "demand.factor": 0.02}).world()
    costs = count_unused(world, draw_tape(world, 1, 0))
    assert "kits" in costs.used
    assert "kits" not in [row.feature for row in costs.rows]


def test_of_a_question_its_head_counts_and_not_what_it_guards(tmp_path):
    file = tmp_path / "asking.py"
    file.write_text("def f(kits, n):\n    if kits is not None:\n        n = n + 1\n    return n\n")
    space = {}
    exec(compile(file.read_text(), str(file), "exec"), space)
    code = space["f"].__code__
    positions = list(code.co_positions())
    steps = Counter({2 * i: 1 for i, place in enumerate(positions) if place[0] is not None})
    asked = _steps_in(file, code, steps, Feature(frozenset(), frozenset({"kits"}), bool))
    on_line = sum(1 for place in positions if place[0] == 2)
    assert 0 < asked == on_line
    assert _steps_in(file, code, steps, Feature(frozenset({"asking"}), frozenset(), bool)) == steps.total()
    assert _steps_in(file, code, steps, Feature(frozenset(), frozenset({"slots"}), bool)) == 0


def test_whatever_a_model_begins_without_is_asked_for_under_a_known_name():
    names = frozenset().union(*(feature.names for feature in FEATURES.values()))
    tree = ast.parse(dedent(inspect.getsource(Model.__init__)))
    absent = {
        node.target.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant) and node.value.value is None
    }
    assert absent - STAGES <= names | {name.removeprefix("model.") for name in names}
    assert len(absent) > 5


def test_modules_of_features_are_there():
    there = {file.stem for file in (PACKAGE / "sim").rglob("*.py")}
    for feature in FEATURES.values():
        assert feature.modules <= there


def test_the_command_prints_the_table():
    result = CliRunner().invoke(app, ["unused", "--set", "demand.factor=0.01"])
    assert result.exit_code == 0, result.output
    assert "carrier desk" in result.stdout
