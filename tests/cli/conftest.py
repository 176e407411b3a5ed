import math
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from fulfillsim.cli.app import app
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.experiment.record import Outcome, Record, Value
from fulfillsim.scenario.nodes import Node, Place


class Scenario:
    name = "tiny"
    warnings = ()

    def world(self):
        return SimpleNamespace(name=self.name, targets=(), currency="EUR", demand=SimpleNamespace(history=None))

    def content_hash(self):
        return "hash"

    def resolved(self):
        return {}

    @property
    def tree(self):
        return Node({"name": Node(self.name, Place("a.yaml", 1, 7))}, Place("a.yaml"))


FAULTS = ScenarioError(
    [Fault("a.yaml", 4, 7, "staff.wage", "must be positive", "-2 EUR/h"), Fault("a.yaml", 9, 1, "stok", "is not known")]
)


def load_scenario(name, overrides=()):
    if name == "broken.yaml" or "broken=1" in overrides:
        raise FAULTS
    return Scenario()


def replicate(world, seed, index, by=()):
    values = [Value("level", seed + index, "share"), Value("nothing", math.nan, "h")]
    values += [Value("level", index, "share", ((by[0], day),)) for day in (1, 2) if by]
    return Outcome(Record(index, tuple(values), by=tuple(by)))


@pytest.fixture
def operation(monkeypatch):
    """`run` and `check` meet an operation of one KPI instead of a warehouse; a test may change its replication."""
    study = import_module("fulfillsim.experiment.study")
    monkeypatch.setattr("fulfillsim.scenario.load_scenario", load_scenario, raising=False)
    monkeypatch.setattr(study, "replicate_journeys", replicate)
    monkeypatch.setattr("fulfillsim.experiment.simulation.write_frames", lambda directory, result: None)
    monkeypatch.setattr("fulfillsim.report.plots.save_all", lambda *_: [Path("a"), Path("b")])
    monkeypatch.setattr("fulfillsim.experiment.result.Result.trace", lambda self: None)
    return study


@pytest.fixture
def cli():
    """Run a command line; gives exit_code, stdout and stderr."""
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [str(word) for word in words])
