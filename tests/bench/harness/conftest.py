"""A problem of three lines: name a number, the smaller the better, at least the one in the file."""

import sys
from pathlib import Path

import pytest

TOY = """
import os, time
from pathlib import Path
from fulfillsim.bench.harness.find import call
from fulfillsim.bench.harness.suite import Case, Judgment
from fulfillsim.errors import DataError, Fault, UnknownNameError
from fulfillsim.optim.solving import Solution

class Toy:
    name, axis, column, usual = "toy", "rule", "rule", "plain"
    def objective(self, asked):
        if asked not in ("plain", "simple"):
            raise UnknownNameError("rule", asked, ["plain"])
        return "plain"
    def published(self, instance, objective):
        return ("plain", "simple")
    def read(self, file):
        text = Path(file).read_text()
        if not text.strip().isdecimal():
            raise DataError([Fault(str(file), 1, None, "", "must be a number", text)])
        return [Case(Path(file).as_posix(), int(text), text, "toys")]
    def solvers(self):
        return {"exact": exact, "above": above, "liar": liar, "raises": raises, "hangs": hangs, "dies": dies,
                "late": late, "bound": bound, "finds_none": finds_none}
    def adapt(self, function):
        return lambda instance, objective, stop: Solution(call(function, (instance,), stop), "feasible")
    def evaluate(self, instance, plan, objective):
        return Judgment(float(plan), ("too small",) if plan < instance else (), {"digits": len(str(plan))})
    def kind(self, instance):
        return ""

    def warm_up(self, solver, name, objective, kind):
        if name in ("exact", "above"):
            solver(1, objective, None)

def exact(instance, objective, stop):
    return Solution(instance, "optimal", lower_bound=instance)
def above(instance, objective, stop):
    seed = stop.seed if stop else 0
    return Solution(instance + seed, "feasible", incumbents=((0.0, 2.0 * instance), (0.001, float(instance))))
def liar(instance, objective, stop):
    return Solution(instance - 1, "optimal")
def raises(instance, objective, stop):
    raise ZeroDivisionError("no wheels")
def finds_none(instance, objective, stop):
    return Solution(None, "unknown", message="nothing found in time")
def hangs(instance, objective, stop):
    while True:
        time.sleep(1)
def dies(instance, objective, stop):
    os._exit(7)
def late(instance, objective, stop):
    time.sleep(0.3)
    return Solution(instance, "feasible")
def bound(instance, objective, stop):
    return Solution(instance, "feasible", lower_bound=instance + 1)
"""


@pytest.fixture(scope="session")
def toy(tmp_path_factory):
    """The suite; processes find it because they get this process's path."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "toy_suite.py").write_text(TOY)
    sys.path.insert(0, str(folder))
    import toy_suite

    yield toy_suite.Toy()
    sys.path.remove(str(folder))


@pytest.fixture
def numbers(tmp_path, monkeypatch):
    """Two instances, 10 and 20, in the working directory."""
    monkeypatch.chdir(tmp_path)
    for number in (10, 20):
        (tmp_path / f"n_{number}.txt").write_text(str(number))
    return [Path("n_10.txt"), Path("n_20.txt")]
