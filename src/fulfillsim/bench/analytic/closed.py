"""Closed networks: robots that carry totes round, machines that break and are repaired; nobody comes, nobody leaves.

The engine knows orders that come and go. A fixed number of them, placed together and sent back from the last station to
the first every time, is the same. Robots set out in the middle of a run, since a renewal process can be told when its
first arrivals come but not to stop: the next ones would come after the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.measures import Mean, Run
from fulfillsim.bench.analytic.setting import (
    HOUR_S,
    MONDAY,
    N_BEYOND,
    PER_DAY,
    Setting,
    channel,
    constant,
    crew,
    measures,
    window_hours,
    world,
)
from fulfillsim.domain.clock import Days
from fulfillsim.domain.fulfillment import Fulfillment, Release
from fulfillsim.domain.work import Station as Place
from fulfillsim.domain.work import Step, WorkTime
from fulfillsim.domain.world import World
from fulfillsim.sampling.distributions import make

N_EMPTY, N_WARM_UP, N_WINDOW = 56, 10, 44


def fleet(rows: Sequence[Case]) -> Setting:
    """Robots that travel, then pass exponential stations in turn."""
    p = rows[0].parameters
    names = [f"station{number + 1}" for number in range(len(p["mu"]))]
    staffed = {name: (1.0 / float(mu), int(c)) for name, mu, c in zip(names, p["mu"], p["c"], strict=True)}
    model = _circle(int(p["robots"]), float(p["travel_mean"]), staffed)
    last = names[-1]
    return Setting(
        (model,), measures(rows, {"throughput": lambda _: Mean(lambda run: _n_ended(run, last) / window_hours(run))})
    )


def machine_repair(rows: Sequence[Case]) -> Setting:
    """Machines that run until they fail, and a few people who repair them one at a time."""
    p = rows[0].parameters
    staffed = {"repair": (1.0 / float(p["repair_rate"]), int(p["repairers"]))}
    model = _circle(int(p["machines"]), 1.0 / float(p["fail_rate"]), staffed)
    return Setting(
        (model,),
        measures(
            rows,
            {
                "mean_machines_up": lambda _: Mean(lambda run: _mean_number(run, "away")),
                "mean_wait_for_repairer": lambda _: Mean(lambda run: _mean_wait(run, "repair")),
            },
        ),
    )


def _circle(n: int, away_h: float, staffed: Mapping[str, tuple[float, int]]) -> World:
    """So many who are away for an exponential time, then served at each station in turn, for ever.

    ``staffed`` tells the mean hours and the servers of each station. A day sees about 1,000 rounds.
    """
    most_per_hour = min(n / (away_h + sum(mean for mean, _ in staffed.values())), *(c / m for m, c in staffed.values()))
    days = _days(PER_DAY / most_per_hour)
    headway = make("deterministic", mean=days.midnight_s[N_EMPTY])
    together = make("deterministic", mean=float(n))
    arrivals = constant(days, 0.0, headway=headway, orders_per_arrival=together)
    steps = [_step("away", away_h, False), *(_step(name, mean, True) for name, (mean, _) in staffed.items())]
    steps[-1] = Step(steps[-1].station, rework_to="away", rework_prob=1.0)
    people = [crew(f"crew of {name}", c, [name], days) for name, (_, c) in staffed.items()]
    return world(days, [channel("launch", arrivals)], people, fulfillment=Fulfillment(Release(), None, tuple(steps)))


def _days(hours: float) -> Days:
    n_run = N_EMPTY + N_WARM_UP + N_WINDOW + 1
    midnights = tuple(round(hours * HOUR_S) * float(day) for day in range(n_run + N_BEYOND + 1))
    return Days(MONDAY, midnights, N_EMPTY + N_WARM_UP, N_WINDOW, 1, "UTC")


def _step(name: str, mean_h: float, staffed: bool) -> Step:
    return Step(Place(name, WorkTime(mean_h * HOUR_S, make("exponential", mean=1.0)), staffed=staffed))


def _visits(run: Run, station: str) -> dict[str, np.ndarray]:
    """Visits to one station, by column."""
    number = [info.name for info in run.trace.stations].index(station)
    visits = run.trace.columns("visits")
    rows = visits["station"] == number
    return {name: visits[name][rows] for name in ("queued_s", "started_s", "ended_s")}


def _n_ended(run: Run, station: str) -> int:
    days, ended_s = run.world.days, _visits(run, station)["ended_s"]
    return int(((ended_s >= days.window_start_s) & (ended_s < days.window_end_s)).sum())


def _mean_number(run: Run, station: str) -> float:
    """Mean number at a station over the window; the day after it lets visits end, so that they are in the trace."""
    days, visits = run.world.days, _visits(run, station)
    inside = np.minimum(visits["ended_s"], days.window_end_s) - np.maximum(visits["started_s"], days.window_start_s)
    return float(np.maximum(inside, 0.0).sum()) / HOUR_S / window_hours(run)


def _mean_wait(run: Run, station: str) -> float:
    """Mean hours in the queue of those who came in the window."""
    days, visits = run.world.days, _visits(run, station)
    inside = (visits["queued_s"] >= days.window_start_s) & (visits["queued_s"] < days.window_end_s)
    return float((visits["started_s"] - visits["queued_s"])[inside].mean()) / HOUR_S
