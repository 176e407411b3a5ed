"""What is shown on a terminal while replications are being run."""

import sys
from types import SimpleNamespace

import pytest

import fulfillsim as fs
from fulfillsim.experiment import progress


def watched(first_look, monkeypatch, seconds_before=0.0):
    monkeypatch.setattr(progress, "SECONDS_BEFORE", seconds_before)
    bar = progress._Bar("replications", first_look)
    bar.look(lambda: "on_time_shipment 0.97", lambda: "the result so far")
    for done in (0, 1, 2, 3):
        bar(done, 3)
    bar.close()


def test_a_first_look_is_shown_once_while_the_rest_goes_on(monkeypatch, capsys):
    watched(lambda result: f"table of {result}", monkeypatch)
    told = capsys.readouterr()
    assert told.err.count("table of the result so far") == 1
    assert "A first look, after 1 of 3 replications" in told.err
    assert told.out == ""


def test_what_is_quick_shows_its_final_table_only(monkeypatch, capsys):
    watched(lambda result: f"table of {result}", monkeypatch, seconds_before=60.0)
    assert "table of" not in capsys.readouterr().err


@pytest.fixture
def notebook(monkeypatch):
    """A kernel that takes down what its cell shows, and the clock of a cell that takes three seconds a step."""
    shown = []
    handle = SimpleNamespace(update=lambda data, raw: shown.append(data))
    display = SimpleNamespace(display=lambda data, raw, display_id: shown.append(data) or handle)
    shell = SimpleNamespace(kernel=None)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell, display=display))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    clock = iter(range(0, 300, 3))
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    return shown


def test_a_notebook_shows_a_line_below_the_cell_and_takes_it_away(notebook):
    with progress.progress_on_stderr(quiet=False) as tell:
        tell.look(lambda: "a <b> 0.97 ± 0.01")
        for done in (1, 2, 3):
            tell(done, 3)
    assert [data["text/plain"] for data in notebook] == [
        "1 of 3 replications, about 6 s left, a <b> 0.97 ± 0.01",
        "2 of 3 replications, about 3 s left, a <b> 0.97 ± 0.01",
        "",
    ]
    assert notebook[0]["text/html"] == "<small>1 of 3 replications, about 6 s left, a &lt;b&gt; 0.97 ± 0.01</small>"


SMALL = fs.load_scenario("theory/mm1", ["days=1", "warm_up=0 days"])
WAYS = {
    "simulate": lambda how: fs.simulate(SMALL, 3, jobs=1, **how),
    "compare": lambda how: fs.compare({"a": SMALL, "b": SMALL.vary({"demand.factor": 1.1})}, None, 3, jobs=1, **how),
    "select": lambda how: fs.select(
        {"a": SMALL, "b": SMALL.vary({"demand.factor": 1.1})}, "throughput", 50, jobs=1, **how
    ),
    "find_threshold": lambda how: fs.find_threshold(
        SMALL, "demand.factor", 0.5, 1.0, ["throughput<=50"], replications=3, resolution=0.25, jobs=1, **how
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_python_shows_progress_unless_it_is_told_not_to(way, notebook):
    WAYS[way]({"progress": False})
    assert notebook == []
    WAYS[way]({})
    assert "replications, about" in notebook[0]["text/plain"]
    assert notebook[-1]["text/plain"] == ""


def test_a_comparison_shows_its_least_certain_difference_meanwhile(notebook):
    others = {"same": SMALL, "more": SMALL.vary({"demand.factor": 1.2})}
    made = fs.compare({"today": SMALL, **others}, None, 4, kpis=["wait.service"], jobs=1)
    shown = [data["text/plain"] for data in notebook if " - today: " in data["text/plain"]]
    assert shown
    assert all("more - today: wait.service" in line for line in shown), "the twin has no doubt left"
    assert made.of("wait.service")


def test_replications_that_are_run_again_show_it_unless_the_result_is_quiet(notebook):
    for shows in (False, True):
        result = fs.simulate(SMALL, 3, jobs=1, progress=shows)
        notebook.clear()
        result.kpis(by=["day"])
        list(result.plot._traces(3))
        assert [data["text/plain"] != "" for data in notebook] == ([True, True, False] * 2 if shows else [])
