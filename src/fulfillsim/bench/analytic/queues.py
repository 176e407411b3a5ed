"""Single stations: many servers or one, any service, balking, patience, bulk arrivals, bulk service, staffing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.measures import Best, First, Mean, Measure, Ranked, Run
from fulfillsim.bench.analytic.setting import (
    HOUR_S,
    Parameters,
    Passage,
    Setting,
    channel,
    constant,
    crew,
    law,
    measures,
    milestone,
    passage,
    station,
    steady_days,
    window,
    world,
)
from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.work import Discipline, Step
from fulfillsim.domain.world import World
from fulfillsim.sampling.distributions import Distribution, make, make_count

FIGURES: dict[str, Callable[[Passage, Parameters], float]] = {
    "mean_wait_in_queue": lambda seen, _: float(seen.wait.mean()),
    "mean_sojourn_time": lambda seen, _: float(seen.sojourn.mean()),
    "mean_total_sojourn": lambda seen, _: float(seen.sojourn.mean()),
    "mean_time_in_network": lambda seen, _: float(seen.sojourn.mean()),
    "mean_number_in_queue": lambda seen, _: float(seen.wait.sum()) / seen.hours,
    "mean_number_in_system": lambda seen, _: float(seen.sojourn.sum()) / seen.hours,
    "P(wait>0)": lambda seen, _: float(seen.delayed.mean()),
    "P(wait_in_queue>0)": lambda seen, _: float(seen.delayed.mean()),
    "P(wait_in_queue>t)": lambda seen, p: float((seen.wait > p["t"]).mean()),
    "P(wait>t)": lambda seen, p: float((seen.wait > p["t"]).mean()),
    "P(wait<=t)": lambda seen, p: float((seen.wait <= p["t"]).mean()),
    "P(sojourn_time>t)": lambda seen, p: float((seen.sojourn > p["t"]).mean()),
    "P(total_sojourn>t)": lambda seen, p: float((seen.sojourn > p["t"]).mean()),
    "quantile_of_sojourn_time": lambda seen, p: float(np.quantile(seen.sojourn, p["p"])),
    "quantile_of_wait_in_queue": lambda seen, p: float(np.quantile(seen.wait, p["p"])),
}
"""Figures of the customers of the window; means over time are sums over these customers by Little's law."""


def figure(row: Case, alternative: int = 0) -> Measure | None:
    """Measure of a row whose metric is in `FIGURES`."""
    of = FIGURES.get(row.metric)
    if of is None:
        return None
    return Mean(lambda run: of(passage(run), row.parameters), alternative)


def figures(rows: Sequence[Case]) -> dict[str, Measure]:
    """Measures of all rows whose metric is in `FIGURES`."""
    found = {row.id: figure(row) for row in rows}
    return {name: measure for name, measure in found.items() if measure is not None}


def service(p: Parameters) -> tuple[float, Distribution]:
    """Mean in hours and shape of the service law that the parameters name."""
    if "D" in p:
        return float(p["D"]), make("deterministic", mean=1.0)
    mean_h = float(p["mean"]) if "mean" in p else 1.0 / float(p["mu"])
    return mean_h, law(p.get("service", "exponential"), 1.0, p.get("scv"))


def one_station(p: Parameters, servers: int, discipline: Discipline = "fifo", **arrivals: Any) -> World:
    """Web orders that pass one staffed station."""
    per_hour = float(p["lam"]) * (arrivals["orders_per_arrival"].mean if "orders_per_arrival" in arrivals else 1.0)
    days = steady_days(per_hour)
    mean_h, shape = service(p)
    step = Step(station("bench", mean_h, shape, discipline))
    return world(
        days,
        [channel("orders", constant(days, float(p["lam"]), **arrivals))],
        [crew("crew", servers, ["bench"], days)],
        fulfillment=Fulfillment(Release(), None, (step,)),
    )


def single(rows: Sequence[Case]) -> Setting:
    """M/M/1, M/M/c, M/G/1, M/D/1, M/D/c, M/G/c."""
    p = rows[0].parameters
    return Setting((one_station(p, int(p.get("c", 1))),), figures(rows))


def shortest_first(rows: Sequence[Case]) -> Setting:
    """The least work content first, without interruption."""
    p = rows[0].parameters
    return Setting((one_station(p, int(p.get("c", 1)), "shortest"),), figures(rows))


def renewal(rows: Sequence[Case]) -> Setting:
    """GI/M/c: independent times between arrivals."""
    p = rows[0].parameters
    gap = law(p["interarrival"], HOUR_S / float(p["lam"]), p.get("interarrival_scv", p.get("scv")))
    plain = {key: value for key, value in p.items() if key != "scv"}
    return Setting((one_station(plain, int(p.get("c", 1)), headway=gap),), figures(rows))


def bulk_arrivals(rows: Sequence[Case]) -> Setting:
    """M^X/M/c with geometric batches ("geometric(1..), p=0.4")."""
    p = rows[0].parameters
    prob = float(p["batch"].partition("p=")[2])
    sizes = make_count("geometric", mean=1.0 / prob)
    return Setting((one_station(p, int(p.get("c", 1)), orders_per_arrival=sizes),), figures(rows))


def staffing(rows: Sequence[Case]) -> Setting:
    """Least servers for a service level: the number in question and its neighbors (the level rises with c)."""
    p = rows[0].parameters
    best = [int(row.exact) for row in rows if row.metric.startswith("min_c")]
    asked = {int(row.parameters["c"]) for row in rows if "c" in row.parameters}
    counts = sorted(asked | {c + d for c in best for d in (-1, 0, 1)})
    found: dict[str, Measure] = {}
    for row in rows:
        level, t = float(row.parameters["level"]), float(row.parameters["t"])

        def reached(run: Run, t: float = t) -> float:
            return float((passage(run).wait <= t).mean())

        if row.metric.startswith("min_c"):
            found[row.id] = First(reached, tuple(map(float, counts)), level)
        elif row.metric == "P(wait<=t)":
            found[row.id] = Mean(reached, counts.index(int(row.parameters["c"])))
    return Setting(tuple(one_station(p, c) for c in counts), found)


def staffing_cost(rows: Sequence[Case]) -> Setting:
    """Wages and waiting: the best number of servers and its neighbors (the cost is convex in c)."""
    p = rows[0].parameters
    best = [int(row.exact) for row in rows if row.metric == "optimal_c"]
    least = int(float(p["lam"]) / float(p["mu"])) + 1
    counts = tuple(range(max(best[0] - 1, least), best[0] + 2)) if best else tuple(range(least, least + 6))

    def cost(run: Run) -> float:
        seen = passage(run)
        wages = run.world.staff[0].shifts[0].headcount * float(p["wage"])
        return wages + float(p["wait_cost"]) * float(seen.wait.sum()) / seen.hours

    of = {
        "optimal_c": lambda _: Best(cost, tuple(map(float, counts))),
        "optimal_cost": lambda _: Ranked(cost),
        "second_best_cost": lambda _: Ranked(cost, 1),
    }
    return Setting(tuple(one_station(p, c) for c in counts), measures(rows, of))


def line(p: Parameters, shape: Distribution | None = None, **limits: Any) -> World:
    """Callers who find limited places or have limited patience; they leave when served."""
    days = steady_days(float(p["lam"]))
    agents = replace(station("agents", 1.0 / float(p["mu"]), shape), **limits)
    calls = channel("calls", constant(days, float(p["lam"])), agents)
    return world(days, [calls], [crew("agents", int(p["c"]), ["agents"], days)])


def _share(run: Run, kind: Milestone) -> float:
    """Share of the window's customers to whom it happened."""
    return float((~np.isnan(milestone(run, kind)[window(run)])).mean())


def _accepted(run: Run) -> Passage:
    return passage(run, np.isnan(milestone(run, Milestone.BLOCKED)))


def limited(rows: Sequence[Case]) -> Setting:
    """M/M/c/K: K places, those in service included."""
    p = rows[0].parameters
    of = {
        "P(block)": lambda _: Mean(lambda run: _share(run, Milestone.BLOCKED)),
        "mean_wait_in_queue_of_accepted": lambda _: Mean(lambda run: float(_accepted(run).wait.mean())),
        "mean_number_in_system": lambda _: Mean(lambda run: float(_accepted(run).sojourn.sum()) / _accepted(run).hours),
        "throughput": lambda _: Mean(lambda run: len(_accepted(run).wait) / _accepted(run).hours),
    }
    return Setting((line(p, max_in_system=int(p["K"])),), measures(rows, of))


def loss(rows: Sequence[Case]) -> Setting:
    """M/G/c/c: no place to wait; service is lognormal with scv 2, since the law is without influence."""
    p = {"lam": rows[0].parameters["offered_load"], "mu": 1.0, "c": rows[0].parameters["c"]}
    of = {"P(block)": lambda _: Mean(lambda run: _share(run, Milestone.BLOCKED))}
    return Setting((line(p, law("lognormal", 1.0, 2.0), max_in_system=int(p["c"])),), measures(rows, of))


def impatient(rows: Sequence[Case]) -> Setting:
    """M/M/c+M: exponential patience; who leaves waited too."""
    p = rows[0].parameters
    of = {
        "P(abandon)": lambda _: Mean(lambda run: _share(run, Milestone.HUNG_UP)),
        "P(wait>0)": lambda _: Mean(lambda run: float(passage(run).delayed.mean())),
        "mean_wait_in_queue": lambda _: Mean(lambda run: float(passage(run).wait.mean())),
        "mean_number_in_queue": lambda _: Mean(lambda run: float(passage(run).wait.sum()) / passage(run).hours),
    }
    return Setting((line(p, patience=make("exponential", mean=HOUR_S / float(p["theta"]))),), measures(rows, of))


def bulk_service(rows: Sequence[Case]) -> Setting:
    """M/M(a,b)/1: a picker waits for ``a`` orders and takes up to ``b`` on one tour, of one time for the batch."""
    p = rows[0].parameters
    days = steady_days(float(p["lam"]))
    zone = PickZone("floor", station("picking", 1.0 / float(p["mu"])))
    picking = Picking((zone,), Batch(max_orders=int(p["b"]), min_orders=int(p["a"])), per="tour")
    model = world(
        days,
        [channel("orders", constant(days, float(p["lam"])))],
        [crew("pickers", 1, ["picking"], days)],
        fulfillment=Fulfillment(Release(), picking, ()),
    )
    of = {
        "mean_wait_for_wave_start": lambda _: Mean(_wait_for_tour),
        "P(server_idle)": lambda _: Mean(_idle),
    }
    return Setting((model,), measures(rows, of))


def _wait_for_tour(run: Run) -> float:
    tours, visits = run.trace.columns("tour_orders"), run.trace.columns("visits")
    begun = np.full(int(tours["tour"].max()) + 1, np.nan)
    begun[visits["item"].astype(np.int64)] = visits["started_s"]
    started = np.full(len(run.trace.tape), np.nan)
    started[tours["order"].astype(np.int64)] = begun[tours["tour"].astype(np.int64)]
    return float((started - run.trace.tape.placed_s)[window(run)].mean()) / HOUR_S


def _idle(run: Run) -> float:
    days, visits = run.world.days, run.trace.columns("visits")
    begin = np.maximum(visits["started_s"], days.window_start_s)
    end = np.minimum(visits["ended_s"], days.window_end_s)
    return 1.0 - float(np.maximum(end - begin, 0.0).sum()) / (days.window_end_s - days.window_start_s)
