"""Several stations: tandems, rework, orders split over zones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.measures import Mean, Run
from fulfillsim.bench.analytic.queues import figures
from fulfillsim.bench.analytic.setting import (
    HOUR_S,
    Setting,
    channel,
    constant,
    crew,
    measures,
    milestone,
    station,
    steady_days,
    window,
    world,
)
from fulfillsim.domain.clock import Days
from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.staff import Role
from fulfillsim.domain.work import Step


def stations(rates: Sequence[float], servers: Sequence[int], days: Days) -> tuple[tuple[Step, ...], tuple[Role, ...]]:
    """Exponential stations in tandem, each with people of its own."""
    names = [f"station{number + 1}" for number in range(len(rates))]
    steps = tuple(Step(station(name, 1.0 / float(mu))) for name, mu in zip(names, rates, strict=True))
    staff = tuple(crew(f"crew of {name}", int(c), [name], days) for name, c in zip(names, servers, strict=True))
    return steps, staff


def tandem(rows: Sequence[Case]) -> Setting:
    """Poisson orders through exponential stations."""
    p = rows[0].parameters
    days = steady_days(float(p["lam"]))
    steps, staff = stations(p["mu"], p.get("c", [1] * len(p["mu"])), days)
    orders = channel("orders", constant(days, float(p["lam"])))
    model = world(days, [orders], staff, fulfillment=Fulfillment(Release(), None, steps))
    return Setting((model,), figures(rows))


def rework(rows: Sequence[Case]) -> Setting:
    """Jackson network in which stations follow each other and some send a share back to an earlier one."""
    p = rows[0].parameters
    routing = np.asarray(p["routing"], dtype=float)
    outside = [float(rate) for rate in p["external"]]
    back = np.tril(routing)
    onward = np.triu(routing)
    passes_on = np.allclose(np.diag(routing, 1) + back.sum(axis=1)[:-1], 1.0)
    in_line = np.count_nonzero(onward) == len(outside) - 1 and (np.count_nonzero(back, axis=1) <= 1).all()
    if any(outside[1:]) or not in_line or not passes_on:
        return Setting((), {})
    days = steady_days(outside[0])
    steps, staff = stations(p["mu"], p["c"], days)
    checked = tuple(
        Step(step.station, f"station{int(back[place].argmax()) + 1}", float(back[place].max()))
        if back[place].any()
        else step
        for place, step in enumerate(steps)
    )
    orders = channel("orders", constant(days, outside[0]))
    model = world(days, [orders], staff, fulfillment=Fulfillment(Release(), None, checked))
    return Setting((model,), figures(rows))


def fork_join(rows: Sequence[Case]) -> Setting:
    """Every order is picked in two zones at once and complete with its last part."""
    p = rows[0].parameters
    days = steady_days(float(p["lam"]))
    names = ["west", "east"]
    zones = tuple(PickZone(name, station(name, 1.0 / float(p["mu"]))) for name in names)
    staff = [crew(f"pickers {name}", 1, [name], days) for name in names]
    picking = Picking(zones, Batch(), split="all")
    orders = channel("orders", constant(days, float(p["lam"])))
    model = world(days, [orders], staff, fulfillment=Fulfillment(Release(), picking, ()))
    return Setting((model,), measures(rows, {"mean_time_until_both_parts_done": lambda _: Mean(_until_picked)}))


def _until_picked(run: Run) -> float:
    return float((milestone(run, Milestone.PICKED) - run.trace.tape.placed_s)[window(run)].mean()) / HOUR_S
