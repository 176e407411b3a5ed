from functools import partial

import pytest

from fulfillsim.errors import RunDirectoryError
from fulfillsim.experiment import cache as cache_module
from fulfillsim.experiment import compare, find_threshold, select, simulate
from fulfillsim.experiment.cache import key_of
from fulfillsim.scenario import scenario_from


def forbid(monkeypatch):
    """From now on nothing may be run."""

    def refuse(self, tasks):
        raise AssertionError(f"{tasks} were run again")

    monkeypatch.setattr("fulfillsim.experiment.worker.Desk.run", refuse)


def lines(result):
    return [record.to_json() for record in result.records]


def test_what_one_study_ran_no_other_runs_again(fake, tmp_path, monkeypatch):
    run = partial(simulate, seed=3, jobs=1, replicate=fake.measured, cache=tmp_path / "cache")
    before = run(fake.Scenario(), 12, out=tmp_path / "run")
    asked = {"seed": 3, "jobs": 1, "replicate": fake.measured, "cache": tmp_path / "cache"}
    pair = {"fake": fake.Scenario(), "more": fake.Scenario("more", effect=2.0)}
    run(pair["more"], 30)
    run(pair["fake"], 30)
    search = partial(find_threshold, fake.Scenario(), "demand.factor", 0.0, 20.0, ["throughput<=112"], replications=5)
    found = search(**asked)
    forbid(monkeypatch)
    assert lines(run(fake.Scenario(), 12)) == lines(before)
    again = run(fake.Scenario(), 12, out=tmp_path / "other")
    assert lines(again) == lines(before)
    assert (tmp_path / "other" / "kpis.json").read_bytes() == (tmp_path / "run" / "kpis.json").read_bytes()
    assert compare(pair, replications=12, kpis=["throughput"], **asked).of("throughput")[0].verdict == "better"
    assert select(pair, "throughput", 1.0, **asked).best == "more"
    assert search(**asked).summary() == found.summary()
    monkeypatch.undo()
    assert lines(simulate(fake.Scenario(), 12, seed=3, jobs=1, replicate=fake.measured)) == lines(before)


def test_a_run_directory_filled_from_the_cache_stands_on_its_own(fake, tmp_path, monkeypatch):
    run = partial(simulate, fake.Scenario(), 4, seed=3, jobs=1, replicate=fake.replicate)
    before = run(cache=tmp_path / "cache")
    run(cache=tmp_path / "cache", out=tmp_path / "run")
    forbid(monkeypatch)
    assert lines(run(out=tmp_path / "run")) == lines(before)


def test_cut_short_or_strange_files_of_the_cache_cost_a_run_and_no_more(fake, tmp_path):
    run = partial(simulate, fake.Scenario(), 4, seed=3, jobs=1, replicate=fake.replicate, cache=tmp_path)
    before = run()
    for file in tmp_path.rglob("*.jsonl"):
        file.write_bytes(file.read_bytes()[:-30] + b"\n{}\nnot a record\n")
    assert lines(run()) == lines(before)


@pytest.mark.parametrize(
    "change",
    ["seed", "content", "versions", "own source", "replicate", "what it holds"],
)
def test_whatever_the_bits_depend_on_is_in_the_key(fake, monkeypatch, change):
    scenario = fake.Scenario()
    before = key_of(scenario, 1, partial(fake.replicate, by=("day",)))
    if change == "versions":
        monkeypatch.setattr(cache_module, "surroundings", lambda: {"numpy": "9"})
    if change == "own source":
        monkeypatch.setattr(cache_module, "own_sources", lambda: "other")
    function = fake.measured if change == "replicate" else fake.replicate
    bound = partial(function, by=("hour" if change == "what it holds" else "day",))
    after = key_of(fake.Scenario("other") if change == "content" else scenario, 2 if change == "seed" else 1, bound)
    assert before != after
    assert before == key_of(scenario, 1, partial(fake.replicate, by=("day",))) or change in ("versions", "own source")


def test_the_key_names_versions_of_all_that_computes(fake):
    versions = key_of(fake.Scenario(), 1, fake.replicate)["versions"]
    assert {"fulfillsim", "numpy", "scipy", "numba", "ortools", "pyvrp", "python", "cpu"} <= set(versions)


def test_a_file_that_a_scenario_names_is_part_of_its_content(tmp_path):
    def hash_of(value):
        (tmp_path / "times.csv").write_text(f"seconds\n60\n{value}\n")
        time = {"empirical": {"file": "times.csv", "column": "seconds", "unit": "s"}}
        return scenario_from(bench(time), tmp_path).content_hash()

    assert hash_of(120) == hash_of(120) != hash_of(121)


def bench(time):
    return {
        "schema": 1,
        "name": "bench",
        "start": "2026-03-02",
        "days": 1,
        "demand": {"channels": {"web": {"rate": "10/h"}}},
        "staff": {"crew": {"skills": {"bench": 1}, "shifts": {"all": {"hours": "always", "headcount": 2}}}},
        "fulfillment": {"steps": {"bench": {"time": time}}},
    }


def test_a_cache_that_cannot_be_written_says_so(fake, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunDirectoryError, match=r"cannot write key.json"):
        simulate(fake.Scenario(), 2, jobs=1, replicate=fake.replicate, cache=tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
