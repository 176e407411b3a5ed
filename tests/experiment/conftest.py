from importlib import import_module
from pathlib import Path

import pytest


@pytest.fixture
def fake(monkeypatch):
    """The module fake_operation, importable in worker processes too (they inherit sys.path)."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return import_module("fake_operation")


@pytest.fixture(autouse=True)
def no_frames(monkeypatch):
    """The fake operation has no tables, so its run directories hold none."""
    monkeypatch.setattr("fulfillsim.experiment.simulation.write_frames", lambda directory, result: None)
