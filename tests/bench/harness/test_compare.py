import json

import pytest

from fulfillsim.bench.harness.compare import Tolerance, compare_studies
from fulfillsim.errors import DataError, InputError


def saved(folder, name, rows):
    file = folder / f"{name}.json"
    keys = ("instance", "solver", "seed", "value", "status", "cpu_s")
    records = [dict(zip(keys, row, strict=True), objective="exact") for row in rows]
    file.write_text(json.dumps({"schema_version": 1, "rows": records, "summary": {}}))
    return file


OLD = [("x/a.txt", "s", 1, 100.0, "feasible", 1.0), ("x/b.txt", "s", 1, 200.0, "optimal", 1.0)]


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ([("x/a.txt", "s", 1, 102.0, "feasible", 1.0)], ["+2 % worse on average", "x/a.txt, seed 1: +2 % worse"]),
        ([("x/a.txt", "s", 1, None, "error", 1.0)], ["x/a.txt, seed 1: error, was feasible"]),
        ([("x/b.txt", "s", 1, 200.0, "feasible", 1.0)], ["x/b.txt, seed 1: no longer proven optimal"]),
        ([("x/a.txt", "s", 1, 100.05, "feasible", 9.0)], []),
        ([("x/a.txt", "s", 1, 90.0, "optimal", 1.0)], []),
    ],
)
def test_worse_values_failures_and_lost_proofs_are_regressions(tmp_path, new, told):
    found = compare_studies(saved(tmp_path, "old", OLD), saved(tmp_path, "new", new), Tolerance())
    assert found.regressions == [f"s, exact: {what}" for what in told]
    assert found.n_only_old == 1


def test_time_counts_where_a_factor_is_given(tmp_path):
    new = [("x/a.txt", "s", 1, 100.0, "feasible", 3.0)]
    old, new = saved(tmp_path, "old", OLD[:1]), saved(tmp_path, "new", new)
    assert compare_studies(old, new, Tolerance(cpu_factor=2.0)).regressions == ["s, exact: 3 CPU seconds, were 1"]
    assert compare_studies(old, new, Tolerance(cpu_factor=4.0)).regressions == []


def test_runs_are_paired_by_the_end_of_the_path(tmp_path):
    new = [("elsewhere/x/a.txt", "s", 1, 100.0, "feasible", 1.0)]
    found = compare_studies(saved(tmp_path, "old", OLD), saved(tmp_path, "new", new), Tolerance())
    assert (found.changes[0].n, found.n_only_new) == (1, 0)


def test_nothing_in_common_and_nothing_to_read_are_told(tmp_path):
    old, new = saved(tmp_path, "old", OLD), saved(tmp_path, "new", [("y", "t", 1, 1.0, "feasible", 1.0)])
    with pytest.raises(InputError, match="no run in common"):
        compare_studies(old, new, Tolerance())
    with pytest.raises(DataError, match="cannot be read"):
        compare_studies(old, tmp_path / "nowhere", Tolerance())
    (tmp_path / "empty.json").write_text("{}")
    with pytest.raises(DataError, match="holds none"):
        compare_studies(old, tmp_path / "empty.json", Tolerance())
