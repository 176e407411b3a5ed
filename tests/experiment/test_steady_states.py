"""The steady state of one long run, against M/M/1."""

import json

import pytest

import fulfillsim as fs
from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.report.html.writing import write_report

MM1 = fs.load_scenario("theory/mm1", ["demand.factor=0.5"])
"""Utilization 0.45: an order waits 60 s x 0.45 / 0.55 on average."""
WAIT_S = 60 * 0.45 / 0.55


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("steady") / "study"
    return fs.steady_state(MM1, "wait.service", "3%", out=folder, progress=False), folder


def test_the_mean_of_theory_lies_in_the_interval(found):
    made, _ = found
    assert made.is_settled
    assert made.interval.low < WAIT_S < made.interval.high
    assert made.interval.half_width <= 0.03 * made.interval.estimate
    assert made.n_days == 640
    assert made.sentence().startswith("wait.service is 4")
    assert "one run of 640 days" in made.sentence()


def test_what_was_written_is_read_again_and_nothing_runs_twice(found):
    made, folder = found
    told = json.loads((folder / "steady.json").read_text("utf-8"))
    assert (told["answer"], told["days"], len(told["rows"])) == (made.sentence(), 640, 640)
    ran = []
    again = fs.steady_state(MM1, "wait.service", "3%", out=folder, progress=lambda *counts: ran.append(counts))
    assert again.interval == made.interval
    assert ran == [(1, 1)]
    assert fs.verify(folder).differing == []


def test_its_report_and_picture_show_the_answer(found, tmp_path):
    made, folder = found
    page = write_report(folder, tmp_path / "steady.html").read_text("utf-8")
    assert made.sentence() in page
    assert "from day 0: " in page
    assert made.plot().get_xlabel() == "day of the run"
    assert len(made.to_frame()) == 640
    assert "<td>wait.service</td>" in made._repr_html_()


def test_a_run_that_is_not_settled_within_the_budget_says_so():
    made = fs.steady_state(MM1, "wait.service", 0.01, budget=700, progress=False)
    assert not made.is_settled
    assert "not settled within the budget" in made.sentence()


@pytest.mark.parametrize(
    ("kpi", "how", "message"),
    [
        ("wiat.service", {}, "no KPI is called"),
        ("wait.service", {"budget": 100}, "640 days or more"),
        ("wait.service", {"precise": "5 percent"}, "must be a size or a share"),
        ("wait.service", {"precise": 0.0}, "precision: must be > 0"),
        ("wait.service", {"cycle": 7, "budget": 4000}, "4,480 days or more"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_runs(kpi, how, message):
    ran = []
    with pytest.raises((InputError, UnknownNameError), match=message):
        fs.steady_state(MM1, kpi, progress=lambda *counts: ran.append(counts), **how)
    assert ran == []
