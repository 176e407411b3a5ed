import json
from pathlib import Path

import pytest

from fulfillsim.bench.harness import job, pool
from fulfillsim.bench.harness.best_known import Best, BestKnown
from fulfillsim.bench.harness.command import Order, execute
from fulfillsim.bench.harness.rows import JOURNAL, read_journal
from fulfillsim.bench.harness.study import Request, read_cases, run_study
from fulfillsim.errors import DataError, InputError, InterruptedRunError, UnknownNameError

KNOWN = BestKnown([("n_10", "plain", Best(10.0, proven=True)), ("n_20", "simple", Best(20.0))])


def study(toy, numbers, solvers, n_seeds=1, limit_s=5.0, folder=None, objectives=("plain",)):
    request = Request(toy, read_cases(toy, numbers), solvers, objectives, n_seeds, limit_s)
    return run_study(request, KNOWN, folder)


def test_every_run_has_a_row_measured_by_the_evaluator_in_the_order_that_was_asked_for(toy, numbers):
    results = study(toy, numbers, ["exact", "above"], n_seeds=2)
    told = [(r.row.setting.instance, r.row.setting.solver, r.row.setting.seed, r.row.outcome.value) for r in results]
    assert told == [
        ("n_10.txt", "exact", 1, 10.0),
        ("n_10.txt", "exact", 2, 10.0),
        ("n_10.txt", "above", 1, 11.0),
        ("n_10.txt", "above", 2, 12.0),
        ("n_20.txt", "exact", 1, 20.0),
        ("n_20.txt", "exact", 2, 20.0),
        ("n_20.txt", "above", 1, 21.0),
        ("n_20.txt", "above", 2, 22.0),
    ]
    assert [r.gap_percent for r in results] == pytest.approx([0, 0, 10, 20, 0, 0, 5, 10])
    assert results[0].row.outcome.measures == {"digits": 2}
    assert results[0].row.outcome.cpu_s is not None


def test_what_goes_wrong_is_recorded_and_costs_no_other_run(toy, numbers, monkeypatch):
    monkeypatch.setattr(pool, "PATIENCE_S", 0.2)
    for module in (job, pool):
        monkeypatch.setattr(module, "overrun_s", lambda limit_s: limit_s + 0.3)
    results = study(toy, numbers[:1], ["raises", "liar", "bound", "dies", "hangs", "exact"], limit_s=0.2)
    told = {r.row.setting.solver: (r.row.outcome.status, r.row.outcome.message) for r in results}
    assert told["raises"] == ("error", "ZeroDivisionError: no wheels")
    assert told["liar"] == ("invalid", "too small")
    assert told["bound"][0] == "invalid"
    assert "bound 11" in told["bound"][1]
    assert told["dies"] == ("error", "its process ended with code 7")
    assert told["hangs"][0] == "overrun"
    assert told["exact"][0] == "optimal"
    assert [r.gap_percent for r in results] == [None] * 5 + [0.0]


@pytest.mark.parametrize(
    ("solver", "wrong"),
    [
        ("exact", False),
        ("above", False),
        ("raises", True),
        ("liar", True),
        ("dies", True),
        ("below", True),
        ("none", False),
    ],
)
def test_a_benchmark_says_that_a_run_went_wrong_also_of_a_run_that_was_kept(toy, numbers, tmp_path, solver, wrong):
    known = tmp_path / "best.csv"
    known.write_text("instance,value,proven_optimal\nn_10,12,yes\n" if solver == "below" else "instance,value\n")
    name = {"below": "above", "none": "finds_none"}.get(solver, solver)
    order = Order(numbers[:1], name, "", 5.0, 1, known, 1.0, "table", tmp_path / "out", 1)
    assert [execute(toy, order, str).went_wrong for _ in range(2)] == [wrong, wrong]
    assert len(read_journal(tmp_path / "out" / JOURNAL)) == 1


def test_a_plan_that_comes_too_late_is_an_overrun(toy, monkeypatch):
    monkeypatch.setattr(job, "overrun_s", lambda limit_s: limit_s)
    slow = job.Job(toy, "late", "plain", 1, 0.1, 5)
    outcome = job.Bench().solve(toy.solvers()["late"], slow, 0.0)
    assert (outcome.status, outcome.value) == ("overrun", 5.0)
    assert "of 0.1 s" in outcome.message


def test_a_benchmark_goes_on_where_it_stopped_even_in_the_middle_of_a_line(toy, numbers, tmp_path):
    folder = tmp_path / "out"
    study(toy, numbers[:1], ["exact"], folder=folder)
    journal = folder / JOURNAL
    first = journal.read_text()
    assert json.loads(first)["versions"]["fulfillsim"]
    journal.write_text(first + first[:40])
    study(toy, numbers, ["exact"], folder=folder)
    rows = read_journal(journal)
    assert [row.setting.instance for row in rows] == ["n_10.txt", "n_20.txt"]
    assert journal.read_text().startswith(first)


def test_another_content_limit_or_solver_file_is_run_again_and_another_spelling_is_not(toy, numbers, tmp_path):
    folder, mine = tmp_path / "out", tmp_path / "mine.py"
    mine.write_text("def guess(n, seed):\n    return n + seed\n")
    solver = f"{mine}:guess"

    def n_rows(**changes):
        study(toy, numbers[:1], [solver], folder=folder, **changes)
        return len(read_journal(folder / JOURNAL))

    assert n_rows() == 1
    assert n_rows(objectives=("simple",)) == 1
    assert n_rows(limit_s=4.0) == 2
    mine.write_text("def guess(n, time_limit_s):\n    return n + time_limit_s\n")
    assert n_rows() == 3
    Path("n_10.txt").write_text("11")
    assert n_rows() == 4


def test_names_that_mean_nothing_are_told_before_anything_runs(toy, numbers, tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean 'exact'"):
        study(toy, numbers, ["exakt"])
    with pytest.raises(InputError, match=r"must name a function in the file, as in mine\.py:route"):
        study(toy, numbers, ["mine.py"])
    with pytest.raises(DataError, match=r"mine\.py: cannot be read"):
        study(toy, numbers, ["mine.py:guess"])
    (tmp_path / "mine.py").write_text("def other(n):\n    return n\n")
    with pytest.raises(DataError, match="has no function 'guess' - functions in it: other"):
        study(toy, numbers, ["mine.py:guess"])
    (tmp_path / "mine.py").write_text("\n1 / 0\n")
    with pytest.raises(DataError, match=r"mine\.py:2: cannot be imported: ZeroDivisionError"):
        study(toy, numbers, ["mine.py:guess"])


def test_faults_of_all_files_are_told_at_once(toy, numbers):
    for name in ("bad", "worse"):
        Path(f"{name}.txt").write_text(name)
    with pytest.raises(DataError) as caught:
        read_cases(toy, [Path("bad.txt"), *numbers, Path("worse.txt")])
    assert [fault.file for fault in caught.value.faults] == ["bad.txt", "worse.txt"]


def test_the_document_is_one_object_with_rows_and_summary_and_the_folder_has_pictures(toy, numbers, tmp_path):
    known = tmp_path / "best.csv"
    known.write_text("instance,value,rule,proven_optimal\nn_10,10,plain,yes\nn_10,12,plain,no\n")
    order = Order(numbers, "exact,above", "simple", 5.0, 1, known, 6.0, "json", tmp_path / "out", 1)
    said = []
    found = json.loads(execute(toy, order, said.append).text)
    assert set(found) >= {"schema_version", "rows", "summary"}
    row = found["rows"][1]
    assert (row["solver"], row["rule"], row["objective"], row["value"]) == ("above", "simple", "plain", 11.0)
    assert (row["best_known"], row["best_known_proven"], row["status"]) == (10.0, True, "feasible")
    assert row["gap_percent"] == pytest.approx(10.0)
    assert found["rows"][2]["best_known"] is None
    by_solver = {line["solver"]: line for line in found["summary"]["by_solver"]}
    assert by_solver["exact"]["share_proven"] == 1.0
    assert by_solver["above"]["n_compared"] == 1
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"rows.jsonl", "result.json", "performance_profile.png", "convergence.png"}
    assert said == [f"rows.jsonl, result.json and 2 pictures in {tmp_path / 'out'}"]


def test_a_table_without_best_known_values_has_mean_values_in_place_of_gaps(toy, numbers):
    order = Order(numbers, "exact,above", "", 5.0, 1, None, 1.0, "table", None, 1)
    head, exact, above, *_ = execute(toy, order, str).text.splitlines()
    assert "gap %" not in head.replace("bound gap %", "")
    assert [line.split()[4] for line in (exact, above)] == ["15", "16"]


def test_an_interrupt_keeps_the_rows_and_tells_how_to_go_on(toy, numbers, tmp_path):
    request = Request(toy, read_cases(toy, numbers), ["exact"], ["plain"])

    def interrupt(done, wanted, row):
        raise KeyboardInterrupt

    with pytest.raises(InterruptedRunError, match="interrupted after 1 of 2 runs - run the same command again"):
        run_study(request, KNOWN, tmp_path / "out", tell=interrupt)
    assert len(read_journal(tmp_path / "out" / JOURNAL)) == 1
    assert len(run_study(request, KNOWN, tmp_path / "out")) == 2
