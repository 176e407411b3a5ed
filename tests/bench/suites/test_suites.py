import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from fulfillsim.bench.harness import pool
from fulfillsim.bench.harness.best_known import BestKnown, read_best_known
from fulfillsim.bench.harness.job import Bench, Job
from fulfillsim.bench.harness.study import Request, read_cases, run_study
from fulfillsim.bench.suites import SUITES
from fulfillsim.cli.app import app
from fulfillsim.domain.layout import GraphLayout, RectangularLayout
from fulfillsim.errors import UnknownNameError
from fulfillsim.optim.batching import from_orders
from fulfillsim.optim.pick_routing import ROUTING, PickList, Tour
from fulfillsim.optim.solving import Solution

PICKING, BATCHING = SUITES["picking"], SUITES["batching"]
LAYOUT = RectangularLayout(n_aisles=3, n_cells=9, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0)
PICKS = PickList.of(LAYOUT, [(0, 2.0), (1, 9.0), (2, 3.0)])


@pytest.mark.parametrize(("published", "ours"), [("optimal", "exact"), ("traversal", "s_shape"), ("return", "return")])
def test_published_names_of_routings_are_taken(published, ours):
    assert PICKING.objective(published) == ours
    assert BATCHING.published(None, ours)[0] == ours
    assert published in BATCHING.published(None, ours)


def test_an_unknown_routing_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'traversal'"):
        BATCHING.objective("travesal")


def test_a_tour_counts_what_its_path_is_long_and_must_pass_every_pick():
    tour = ROUTING["exact"].route(PICKS)
    assert PICKING.evaluate(PICKS, tour, "exact").value == pytest.approx(tour.length_m)
    short = Tour(tour.sequence, ((0, 0.0), (0, 2.0), (0, 0.0)), 4.0)
    assert PICKING.evaluate(PICKS, short, "exact").violations == ("picks [1, 2] are not collected",)
    through_shelves = Tour(tour.sequence, ((0, 0.0), (1, 9.0), (2, 3.0), (0, 2.0), (0, 0.0)), 1.0)
    assert "must follow one aisle" in PICKING.evaluate(PICKS, through_shelves, "exact").violations[-1]


def test_a_sequence_must_hold_every_pick_once():
    # up the first aisle and by the back cross-aisle (at 10) to the others, home by the front
    assert PICKING.evaluate(PICKS, (0, 1, 2), "exact").value == 2 + (8 + 2 + 1) + (1 + 2 + 7) + (3 + 4)
    assert "missing: [2]" in PICKING.evaluate(PICKS, (0, 1), "exact").violations[0]


@pytest.mark.parametrize("name", [*ROUTING, "auto"])
def test_every_routing_is_a_solver_whose_tour_holds(name):
    outcome = Bench().solve(PICKING.solvers()[name], Job(PICKING, name, "exact", 1, 10.0, PICKS), 0.0)
    assert outcome.status == ("optimal" if name in ("exact", "auto") else "feasible")
    assert outcome.value >= ROUTING["exact"].route(PICKS).length_m - 1e-9


def test_under_heavy_first_the_sequence_counts_and_light_picks_must_wait():
    weighed = replace(PICKS, weight_kg=np.array([1.0, 20.0, 1.0]), heavy_kg=10.0)
    judged = PICKING.evaluate(weighed, (0, 1, 2), "heavy_first")
    assert judged.violations == ("a pick that is not heavy is collected before one that is",)
    job = Job(PICKING, "auto", PICKING.objective("heavy_first"), 1, 10.0, weighed)
    outcome = Bench().solve(PICKING.solvers()["auto"], job, 0.0)
    assert (outcome.status, outcome.value) == ("optimal", outcome.lower_bound)
    assert outcome.value > ROUTING["exact"].route(weighed).length_m
    assert Bench().solve(PICKING.solvers()["exact"], job, 0.0).status == "invalid"
    with pytest.raises(UnknownNameError, match="no routing is called 'heavy_first'"):
        BATCHING.objective("heavy_first")


def test_a_routing_that_does_not_know_a_layout_says_so():
    layout = RectangularLayout(3, 9, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0, n_blocks=2)
    found = PICKING.solvers()["largest_gap"](PickList.of(layout, [(0, 2.0)]), "exact", None)
    assert (found.plan, found.status) == (None, "unknown")
    assert "one block" in found.message


def test_an_order_left_out_is_an_invalid_plan():
    instance = from_orders(LAYOUT, [[(0, 2.0)], [(1, 3.0)]], capacity=2)
    forgetful = BATCHING.adapt(lambda instance, routing: [[0]])
    outcome = Bench().solve(forgetful, Job(BATCHING, "x", "exact", 1, 10.0, instance), 0.0)
    assert (outcome.status, outcome.message) == ("invalid", "order 1: in no batch")
    both = BATCHING.adapt(lambda instance, routing, seed, time_limit_s: iter([[0, 1]]))
    outcome = Bench().solve(both, Job(BATCHING, "x", "s_shape", 1, 10.0, instance), 0.0)
    assert (outcome.status, outcome.value, outcome.measures) == ("feasible", 2 + 2 + 10 + 10, {"n_batches": 1})


def test_a_solver_that_writes_into_its_instance_is_measured_on_what_was_asked():
    def lightens(instance, routing):
        instance.load[:], instance.aisle[:] = 0.0, 0
        return [[0, 1, 2]]

    instance = from_orders(LAYOUT, [[(0, 2.0)], [(1, 3.0)], [(2, 3.0)]], capacity=2)
    outcome = Bench().solve(BATCHING.adapt(lightens), Job(BATCHING, "x", "exact", 1, 10.0, instance), 0.0)
    assert (outcome.status, outcome.message) == ("invalid", "batch 0: items 3 above the capacity 2")


@pytest.mark.parametrize("number", [np.int64, np.int32, np.uint8])
def test_numbers_of_numpy_are_numbers(number):
    instance = from_orders(LAYOUT, [[(0, 2.0)], [(1, 3.0)]], capacity=2)
    both = BATCHING.adapt(lambda instance, routing: np.array([[0, 1]], number))
    assert Bench().solve(both, Job(BATCHING, "x", "exact", 1, 10.0, instance), 0.0).status == "feasible"
    tour = PICKING.adapt(lambda picks: np.array([0, 1], number))
    job = Job(PICKING, "x", "exact", 1, 10.0, PickList.of(LAYOUT, [(0, 2.0), (1, 3.0)]))
    assert Bench().solve(tour, job, 0.0).status == "feasible"


def test_garbage_of_a_solver_is_an_error_that_says_what_is_wanted_and_a_tour_is_measured_by_its_path():
    picking, batching = Job(PICKING, "x", "exact", 1, 10.0, PICKS), from_orders(LAYOUT, [[(0, 2.0)]], capacity=2)
    for garbage in (None, "abc", [0.5], 7):
        outcome = Bench().solve(PICKING.adapt(lambda picks, said=garbage: said), picking, 0.0)
        assert (outcome.status, outcome.value) == ("error", None)
        assert "must return the indices of the picks" in outcome.message
        job = Job(BATCHING, "x", "exact", 1, 10.0, batching)
        assert Bench().solve(BATCHING.adapt(lambda i, r, said=garbage: said), job, 0.0).status == "error"
    tour = ROUTING["s_shape"].route(PICKS)
    assert Bench().solve(PICKING.adapt(lambda picks: tour), picking, 0.0).value == pytest.approx(tour.length_m)


def test_a_solver_that_hangs_before_its_clock_runs_overruns_and_what_solvers_print_is_no_result(
    tmp_path, monkeypatch, capfd
):
    monkeypatch.setattr(pool, "WARM_UP_S", 2.0)
    monkeypatch.setattr(pool, "PATIENCE_S", 0.2)
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "in.jsonl").write_text(TOUR)
    names = [f"{tmp_path / 'mine.py'}:{name}" for name in ("hangs", "prints", "leaves", "interrupts")]
    request = Request(PICKING, read_cases(PICKING, [tmp_path / "in.jsonl"]), names, ["exact"], 2, 0.1)
    results = run_study(request, BestKnown())
    assert [result.row.outcome.status for result in results] == ["overrun"] * 2 + ["feasible"] * 2 + ["error"] * 4
    assert [result.row.outcome.message for result in results][4:6] == ["SystemExit: 3"] * 2
    told = capfd.readouterr()
    assert "hello" in told.err
    assert told.out == ""


MINE = """
import sys, time
def hangs(picks):
    time.sleep(1000)
def prints(picks):
    print("hello")
    return range(len(picks))
def leaves(picks):
    sys.exit(3)
def interrupts(picks):
    raise KeyboardInterrupt
"""


def test_numbers_that_are_not_whole_are_refused_rather_than_cut():
    instance = from_orders(LAYOUT, [[(0, 2.0)], [(1, 3.0)]], capacity=2)
    halves = BATCHING.adapt(lambda instance, routing: [[0.2, 1.9]])
    outcome = Bench().solve(halves, Job(BATCHING, "x", "exact", 1, 10.0, instance), 0.0)
    assert (outcome.status, outcome.value) == ("error", None)
    assert "float" in outcome.message


def test_few_orders_and_many_are_warmed_up_apart():
    few, many = (from_orders(LAYOUT, [[(0, 2.0)]] * n, capacity=2) for n in (6, 24))
    assert BATCHING.kind(few) != BATCHING.kind(many)
    seen = []
    for instance in (few, many):
        BATCHING.warm_up(lambda sample, objective, stop: seen.append(sample), "auto", "exact", BATCHING.kind(instance))
    assert [BATCHING.kind(sample) for sample in seen] == [BATCHING.kind(few), BATCHING.kind(many)]


def test_a_solver_of_the_other_problem_says_which_there_are(shared_data):
    (case,) = BATCHING.read(shared_data / "picking" / "zalando_josabp" / "small-0")
    found: Solution = BATCHING.solvers()["cw2"](case.instance, "exact", None)
    assert "greedy" in found.message


def test_single_tours_are_compared_with_the_optimum_in_their_file(shared_data):
    cases = read_cases(PICKING, [shared_data / "picking" / "routing_ref"])
    assert len(cases) == 400
    assert {case.group for case in cases} == {f"routing_ref/{n}-block" for n in (1, 2, 3, 4)}
    bench, solver = Bench(), PICKING.solvers()["exact"]
    for case in cases[::8]:
        outcome = bench.solve(solver, Job(PICKING, "exact", "exact", 1, 10.0, case.instance), 0.0)
        assert case.best["optimal"].gap_percent(outcome.value) == 0.0


def test_published_policies_have_their_published_length(shared_data):
    cases = [case for case in read_cases(PICKING, [shared_data / "picking" / "routing_ref"]) if "s_shape" in case.best]
    for policy in ("s_shape", "return", "midpoint", "largest_gap"):
        for case in cases[:10]:
            tour = PICKING.solvers()["auto"](case.instance, policy, None).plan
            value = PICKING.evaluate(case.instance, tour, policy).value
            assert case.best[policy].gap_percent(value) == 0.0


@pytest.mark.slow
def test_proven_values_are_reached_and_not_beaten(shared_data):
    folder = shared_data / "picking"
    files = sorted((folder / "bahceci_oncan").glob("Pr_20_*_Store1_01.txt"))
    known = read_best_known(folder / "best_known.csv", BATCHING.column)
    results = run_study(Request(BATCHING, read_cases(BATCHING, files), ["auto"], ["optimal"]), known)
    assert [result.gap_percent for result in results] == [0.0] * len(files)
    assert not any(result.contradicts for result in results)


def test_without_a_table_nothing_is_best_known():
    assert BestKnown().find("a", ()) is None


def test_in_a_graph_tours_of_a_stand_in_count_and_nothing_is_called_proven():
    ring = GraphLayout(4, ((0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0)))
    instance = from_orders(ring, [[(1, 0.0)], [(3, 0.0)]], capacity=2)
    outcome = Bench().solve(BATCHING.solvers()["auto"], Job(BATCHING, "auto", "exact", 1, 2.0, instance), 0.0)
    assert (outcome.status, outcome.value, outcome.lower_bound) == ("feasible", 4.0, None)
    assert "tours by nearest_2opt" in outcome.message


BUILDING = '{"aisles": 2, "aisle_spacing": 2.0, "cross_aisles": [0.0, 9.0], "depot": [0, 0.0]}'
ORDERS = f"""{{"layout": {BUILDING}, "capacity": {{"orders": 2}}}}
{{"id": "A", "picks": [[0, 1.0]]}}
{{"id": "B", "picks": [[1, 2.0]]}}
"""
TOUR = (
    '{"id": "a", "aisles": 1, "aisle_spacing": 2.0, "cross_aisles": [0.0, 9.0], "depot": [0, 0.0], "picks": [[0, 2.0]]}'
)


@pytest.mark.parametrize(("suite", "content"), [("picking", TOUR), ("batching", ORDERS)])
@pytest.mark.parametrize(("function", "status"), [("well", "feasible"), ("raises", "error"), ("forgets", "invalid")])
def test_the_command_exits_with_1_if_a_run_went_wrong(tmp_path, suite, content, function, status):
    (tmp_path / "in.jsonl").write_text(content)
    plans = {"picking": ("[0]", "[]"), "batching": ("[[0, 1]]", "[[0]]")}[suite]
    bodies = {"well": f"return {plans[0]}", "raises": "raise OSError('no wheels')", "forgets": f"return {plans[1]}"}
    (tmp_path / "mine.py").write_text(f"def plan(*given):\n    {bodies[function]}\n")
    words = [
        "bench",
        suite,
        str(tmp_path / "in.jsonl"),
        "-s",
        f"{tmp_path / 'mine.py'}:plan",
        "-j",
        "1",
        "--format",
        "json",
    ]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == (status != "feasible"), done.output
    assert [row["status"] for row in json.loads(done.stdout)["rows"]] == [status]
