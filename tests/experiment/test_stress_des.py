import pytest

from fulfillsim.experiment import compare, find_threshold, select, simulate
from fulfillsim.experiment.stress_des import Design, checklist
from fulfillsim.scenario import load_scenario, shipped_scenarios

ITEMS = [
    *("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5.1", "2.5.2", "2.5.3", "2.5.4", "2.5.5"),
    *("3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1", "5.2", "5.3", "5.4", "6.1"),
]


@pytest.fixture(scope="module")
def text():
    design = Design(["Is B better?"], ["10 replications."], {"throughput": "orders/day"}, 77, common=False)
    return checklist(load_scenario("baseline").resolved(), design)


def test_every_item_of_the_checklist_is_there_once_in_order(text):
    found = [line.split()[0].strip("*") for line in text.splitlines() if line.startswith("**")]
    assert found == ITEMS


def test_it_tells_what_the_scenario_and_the_design_say(text):
    for said in (
        "Do two shifts ship 98 % of orders on time",
        "Target: on_time_shipment >= 98 %.",
        "Is B better?",
        "- picker routing: s_shape",
        "- pickers: early 06:00-14:00 x 7",
        "- processing.manual: fifo",
        "Orders enter by web, marketplace, phone and leave by parcelco, postal.",
        "- popularity: Zipf with exponent 0.8",
        "Warm-up of 7 days",
        "7 days from 2026-03-02 (Europe/Berlin)",
        "10 replications.",
        "seed 77, others for each alternative",
        "numpy 2",
    ):
        assert said in text, said


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_fills_it(name):
    assert "**6.1" in checklist(load_scenario(name).resolved(), Design([], [], {}, 1))


def test_a_scenario_may_say_less_or_write_things_shorter():
    short = {
        "fulfillment": {"release": "at_once", "picking": "60s", "steps": None},
        "staff": {"crew": 3},
        "delivery": "none",
    }
    assert "- release: at_once" in checklist(short, Design([], [], {}, 1))
    assert "**6.1" in checklist({}, Design([], [], {}, 1))


def test_runs_and_studies_lay_it_beside_their_results(fake, tmp_path):
    how = {"seed": 3, "jobs": 1, "replicate": fake.measured}
    pair = {"today": fake.Scenario("today"), "more": fake.Scenario("more", effect=2.0)}
    simulate(fake.Scenario(), 2, out=tmp_path / "run", **how)
    compare(pair, replications=3, kpis=["throughput"], out=tmp_path / "pair", **how)
    select(pair, "throughput", 1.0, out=tmp_path / "best", **how)
    find_threshold(
        fake.Scenario(), "demand.factor", 0, 2, ["throughput<=106"], replications=3, out=tmp_path / "limit", **how
    )
    told = {folder.name: (folder / "stress_des.md").read_text() for folder in tmp_path.iterdir()}
    assert "2 independent replications" in told["run"]
    assert "Alternatives: today, more." in told["pair"]
    assert "The best of today, more in throughput." in told["best"]
    assert "The largest demand.factor between 0 and 2 at which throughput <= 106 holds." in told["limit"]
