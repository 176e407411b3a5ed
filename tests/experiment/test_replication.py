from datetime import date

import numpy as np
import pandas as pd
import pytest

from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import Arrivals, Channel, Content, Demand
from fulfillsim.domain.records import TABLES
from fulfillsim.domain.world import Target, World
from fulfillsim.errors import RunDirectoryError, UnknownNameError
from fulfillsim.experiment import simulate
from fulfillsim.experiment.output import write_frames
from fulfillsim.experiment.run_directory import RunDirectory
from fulfillsim.sampling.distributions import Deterministic
from fulfillsim.scenario.nodes import Node, Place

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def world():
    """Ten orders an hour for three days, a day of warm-up before them; every order leaves at once."""
    days = Days(date(2026, 3, 2).toordinal(), tuple(DAY_S * day for day in range(20)), 1, 3, 1, "Europe/Berlin")
    edges_s = np.arange(0.0, days.end_s + 1, 3600.0)
    arrivals = Arrivals(edges_s, np.full(len(edges_s) - 1, 10.0))
    channel = Channel("web", "web", arrivals, Content(lines=None, units=Deterministic(1.0)))
    targets = (Target("throughput", ">=", 100.0), Target("throughput", "<=", 100.0))
    return World("tiny", days, Demand((channel,)), targets=targets)


@pytest.fixture(scope="module")
def result(world):
    return simulate(world, 4, jobs=1, by=["day"])


def test_the_journey_gives_the_same_bits_in_one_process_and_in_two(world, result):
    together = simulate(world, 4, jobs=2, by=["day"])
    assert [r.to_json() for r in together.records] == [r.to_json() for r in result.records]
    assert together.trace().columns("milestones")["time_s"].tolist() == milestone_times(result)


def milestone_times(result):
    return result.trace().columns("milestones")["time_s"].tolist()


def test_a_trace_is_the_same_whether_it_was_kept_or_made_again(world, result):
    assert milestone_times(simulate(world, 1, jobs=1, keep_frames=())) == milestone_times(result)


def test_the_mean_meets_what_the_arrivals_promise(result):
    throughput = next(line for line in result.lines() if line.kpi == "throughput")
    # 4 times 720 Poisson orders over 12 days: a standard error of sqrt(2880) / 12 = 4.5 orders a day
    assert throughput.estimate.estimate == pytest.approx(240.0, abs=5 * 4.5)
    assert (throughput.target, throughput.verdict) == (">= 100, <= 100", "met, missed")
    assert ">= 100, <= 100 met, missed" in result.summary()


def test_kpis_of_the_days_add_up_to_that_of_the_run(result):
    by_day = result.kpis(by=["day"])
    throughput = by_day[by_day["kpi"] == "throughput"]
    whole = result.kpis().set_index("kpi").loc["throughput", "mean"]
    assert len(throughput) == 3
    assert throughput["mean"].mean() == pytest.approx(whole)


def test_orders_are_a_frame_with_their_journeys(world, result):
    orders = result.to_frame("orders")
    assert {"order", "placed_s", "channel", "shipped_s", "status", "place"} <= set(orders.columns)
    settled = orders[orders["placed_s"] < world.days.window_end_s]
    assert (settled["shipped_s"] == settled["placed_s"]).all()
    assert set(settled["status"]) == {"left"}
    assert len(result.to_frame("lines")) == 0
    with pytest.raises(UnknownNameError, match="no frame is called 'order'") as caught:
        result.to_frame("order")
    assert "did you mean 'orders'" in str(caught.value)


class Described:
    """A world with what a run directory wants to know of its scenario."""

    name = "tiny"

    def __init__(self, world):
        self._world = world

    def world(self):
        return self._world

    def content_hash(self):
        return "hash"

    def resolved(self):
        return {"name": self.name}

    @property
    def tree(self):
        return Node({"name": Node(self.name, Place("a.yaml", 1, 7))}, Place("a.yaml"))


@pytest.mark.usefixtures("real_frames")
def test_a_run_directory_holds_scenario_versions_records_estimates_and_frames(world, result, tmp_path):
    simulate(Described(world), 2, jobs=1, out=tmp_path)
    names = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert {"scenario.yaml", "resolved.json", "manifest.json", "kpis.csv", "kpis.json"} <= names
    assert {f"frames/{table}.parquet" for table in ("orders", "lines", *TABLES)} <= names
    assert not [name for name in names if name.endswith(".part")]
    orders = pd.read_parquet(tmp_path / "frames" / "orders.parquet")
    assert orders["shipped_s"].equals(result.to_frame("orders")["shipped_s"])
    estimates = pd.read_csv(tmp_path / "kpis.csv").set_index("kpi")
    throughput = [value.value for r in result.records[:2] for value in r.values if value.kpi == "throughput"]
    assert estimates.loc["throughput", "n"] == 2
    assert estimates.loc["throughput", "mean"] == pytest.approx(sum(throughput[::4]) / 2)


@pytest.mark.usefixtures("real_frames")
def test_frames_that_could_not_be_written_are_written_by_the_next_run(world, tmp_path, monkeypatch):
    def full(directory, name, frame):
        raise RunDirectoryError(str(directory.folder), "cannot write")

    with monkeypatch.context() as patch:
        patch.setattr(RunDirectory, "write_frame", full)
        with pytest.raises(RunDirectoryError):
            simulate(Described(world), 1, jobs=1, out=tmp_path)
    simulate(Described(world), 1, jobs=1, out=tmp_path)
    assert (tmp_path / "frames" / "orders.parquet").is_file()


@pytest.fixture
def real_frames(monkeypatch):
    """Here is an operation that has tables."""
    monkeypatch.setattr("fulfillsim.experiment.simulation.write_frames", write_frames)
