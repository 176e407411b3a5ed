"""Urgent and less urgent customers: classes with one law of service at one station, or with laws of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.measures import Mean, Measure, Run
from fulfillsim.bench.analytic.queues import FIGURES, figures
from fulfillsim.bench.analytic.setting import (
    Parameters,
    Setting,
    channel,
    constant,
    crew,
    of_scv,
    passage,
    station,
    steady_days,
    world,
)
from fulfillsim.domain.fulfillment import Fulfillment, Release
from fulfillsim.domain.work import Discipline, Step


def _by_class(rows: Sequence[Case], number: str) -> dict[str, Measure]:
    """Measures of rows whose metric is one of `FIGURES` for a class; ``number`` is the tape's column of the class."""
    found: dict[str, Measure] = {}
    for row in rows:
        name, _, index = row.metric.partition("_class_")
        if name not in FIGURES or not index.isdigit():
            continue

        def value(run: Run, name: str = name, index: int = int(index) - 1, p: Any = row.parameters) -> float:
            return FIGURES[name](passage(run, getattr(run.trace.tape, number) == index), p)

        found[row.id] = Mean(value)
    return found


def one_law(rows: Sequence[Case], discipline: Discipline) -> Setting:
    """Poisson classes, one exponential law: one station that serves the most urgent first."""
    p = rows[0].parameters
    rates = [float(rate) for rate in p["lam"]]
    days = steady_days(sum(rates))
    shares = tuple(rate / sum(rates) for rate in rates)
    model = world(
        days,
        [channel("orders", constant(days, sum(rates)), priority_share=shares)],
        [crew("crew", int(p.get("c", 1)), ["bench"], days)],
        fulfillment=Fulfillment(
            Release(), None, (Step(station("bench", 1.0 / float(p["mu"]), discipline=discipline)),)
        ),
    )
    return Setting((model,), _by_class(rows, "priority") | figures(rows))


def own_laws(rows: Sequence[Case]) -> Setting:
    """Classes with service laws of their own: a queue each, and people who prefer the more urgent queue."""
    p = rows[0].parameters
    rates = [float(rate) for rate in p["lam"]]
    days = steady_days(sum(rates))
    names = [f"line{number + 1}" for number in range(len(rates))]
    lines = [
        station(name, mean_h, of_scv(scv)) for name, mean_h, scv in zip(names, p["mean_service"], p["scv"], strict=True)
    ]
    channels = [channel(f"class{number + 1}", constant(days, rate), lines[number]) for number, rate in enumerate(rates)]
    model = world(days, channels, [crew("agents", int(p.get("c", 1)), names, days)])
    return Setting((model,), _by_class(rows, "channel") | figures(rows))


def non_preemptive(rows: Sequence[Case]) -> Setting:
    """Work in hand is finished first."""
    return own_laws(rows) if "mean_service" in rows[0].parameters else one_law(rows, "priority")


def preemptive(rows: Sequence[Case]) -> Setting:
    """A more urgent arrival interrupts, and the work resumes where it stopped; one exponential law for all classes."""
    p = rows[0].parameters
    if not isinstance(p.get("mu"), int | float):
        return Setting((), {})
    return one_law(rows, "preemptive")


def vacations(rows: Sequence[Case]) -> Setting:
    """M/G/1 whose server takes up other work whenever idle, piece by piece, and finishes each piece first.

    The other work never runs out: it comes at one and a half times the rate at which it can be done, and its queue has
    grown long before the window begins.
    """
    p = rows[0].parameters
    lam, mean_h, vacation_h = (float(p[key]) for key in ("lam", "mean", "vacation_mean"))
    days = steady_days(lam)
    spare = 1.5 * (1.0 - lam * mean_h) / vacation_h
    lines = [station("orders", mean_h, of_scv(p["scv"])), station("other", vacation_h, of_scv(p["vacation_scv"]))]
    channels = [
        channel("orders", constant(days, lam), lines[0]),
        channel("other", constant(days, spare), lines[1]),
    ]
    model = world(days, channels, [crew("crew", 1, ["orders", "other"], days)])

    def measure(row: Case) -> Measure:
        def value(run: Run, p: Parameters = row.parameters) -> float:
            return FIGURES[row.metric](passage(run, run.trace.tape.channel == 0), p)

        return Mean(value)

    return Setting((model,), {row.id: measure(row) for row in rows if row.metric in FIGURES})
