"""Models that start empty: time-varying arrivals and servers, parcels in transit, the first customers of a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import ceil, cos, pi, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.measures import Floats, Mean, Measure, Run
from fulfillsim.bench.analytic.setting import (
    HOUR_S,
    Parameters,
    Setting,
    channel,
    episode_days,
    law,
    station,
    world,
)
from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import Arrivals
from fulfillsim.domain.fulfillment import Fulfillment, Release
from fulfillsim.domain.staff import Duty, Role, Shift, Skill
from fulfillsim.domain.work import Station, Step, WorkTime
from fulfillsim.errors import SimulationError

CUSTOMERS = 90_000.0
PIECES_PER_H = 60
_WAVE = re.compile(r"(?P<mean>[\d.]+)\+(?P<swing>[\d.]+)\*sin\(2\*pi\*t/(?P<period>[\d.]+)\)")


def expected_between(rate: str, edges_h: Floats) -> Floats:
    """Expected arrivals between the edges for a rate like ``30+15*sin(2*pi*t/12)``, exactly (shape one less)."""
    found = _WAVE.fullmatch(rate.replace(" ", ""))
    if found is None:
        return np.diff(edges_h) * float(rate)
    mean, swing, period = (float(found[key]) for key in ("mean", "swing", "period"))
    turn = 2.0 * pi / period
    total = np.array([mean * t + swing / turn * (1.0 - cos(turn * t)) for t in edges_h.tolist()])
    return np.diff(total)


def daily(days: Days, edges_h: Floats, expected: Floats) -> Arrivals:
    """The same pieces from each midnight on, and nobody until the next; no orders in the drain."""
    n, pieces = days.n_window, len(expected)
    midnights = np.asarray(days.midnight_s[: n + 1])
    starts = (midnights[:-1, None] + edges_h[None, :] * HOUR_S).ravel()
    day = np.concatenate([expected, [0.0]])
    edges = np.concatenate([starts, midnights[-1:], [days.midnight_s[n + 1]]])
    assert len(edges) == n * (pieces + 1) + 2
    return Arrivals(edges, np.concatenate([np.tile(day, n), [0.0]]))


class Episodes(NamedTuple):
    """Visits of all days of a run, in hours since their day began; ``n`` days."""

    queued: Floats
    started: Floats
    ended: Floats
    first: NDArray[np.bool_]
    n: int


def episodes(run: Run) -> Episodes:
    """Visits by day.

    Raises
    ------
    SimulationError
        If a day does not end empty: the days would not be independent.
    """
    visits, tape = run.trace.columns("visits"), run.trace.tape
    midnights = np.asarray(run.world.days.midnight_s)
    row = visits["item"].astype(np.int64)
    day = np.searchsorted(midnights, tape.placed_s[row], side="right") - 1
    begin = midnights[day]
    if (visits["ended_s"] >= midnights[day + 1]).any() or len(np.unique(row)) < len(tape):
        raise SimulationError("a day does not end empty: make its rest longer")
    by_time = np.lexsort((visits["queued_s"], row))
    first = np.zeros(len(row), dtype=np.bool_)
    first[by_time[np.flatnonzero(np.diff(row[by_time], prepend=-1))]] = True
    queued, started, ended = ((visits[name] - begin) / HOUR_S for name in ("queued_s", "started_s", "ended_s"))
    return Episodes(queued, started, ended, first, run.world.days.n_window)


def varying(rows: Sequence[Case]) -> Setting:
    """M(t)/M/c(t): work in hand is handed over when servers go, so that min(n, c(t)) are busy at any time."""
    p = rows[0].parameters
    horizon = float(p["servers_until"][-1][1])
    edges = np.linspace(0.0, horizon, round(horizon * PIECES_PER_H) + 1)
    expected = expected_between(str(p["rate"]), edges)
    n = max(ceil(CUSTOMERS / expected.sum()), 1)
    days = episode_days(2.0 * horizon, n)
    model = world(
        days,
        [channel("orders", daily(days, edges, expected))],
        [_roster(p["servers_until"], days)],
        fulfillment=Fulfillment(Release(), None, (Step(station("bench", 1.0 / float(p["mu"]))),)),
    )
    found = {row.id: _varying_figure(row.metric, row.parameters, horizon) for row in rows}
    return Setting((model,), {name: Mean(of) for name, of in found.items() if of}, n * float(expected.sum()))


def _roster(servers_until: list[list[float]], days: Days) -> Role:
    """As many people as the plan says until its end each day, and those of its last piece until the next day."""
    most = int(max(count for count, _ in servers_until))
    shifts = []
    for number in range(most):
        duties = []
        for day in range(days.n_window):
            duties += _presence(servers_until, number, days.midnight_s[day], days.midnight_s[day + 1])
        shifts.append(Shift(f"place{number + 1}", 1, tuple(duties)))
    return Role("crew", (Skill("bench"),), tuple(shifts), at_break="hand_over")


def _presence(servers_until: list[list[float]], number: int, begin_s: float, end_s: float) -> list[Duty]:
    """Stretches of one day in which more than ``number`` people are planned."""
    stretches: list[tuple[float, float]] = []
    since_s = begin_s
    for place, (count, until_h) in enumerate(servers_until):
        last = place == len(servers_until) - 1
        until_s = end_s if last else begin_s + float(until_h) * HOUR_S
        if count > number:
            if stretches and stretches[-1][1] == since_s:
                since_s = stretches.pop()[0]
            stretches.append((since_s, until_s))
        since_s = until_s
    return [Duty(*stretch) for stretch in stretches]


def _varying_figure(metric: str, p: Parameters, horizon: float) -> Callable[[Run], float] | None:
    def present(run: Run) -> float:
        seen, t = episodes(run), float(p["t"])
        return float(((seen.queued <= t) & (seen.ended > t)).sum()) / seen.n

    def delayed(run: Run) -> float:
        seen = episodes(run)
        return float((seen.started > seen.queued)[seen.first].mean())

    def completions(run: Run) -> float:
        seen = episodes(run)
        return (len(run.trace.tape) - float((_left_at(run, seen) > horizon).sum())) / seen.n

    def queue(run: Run) -> float:
        seen = episodes(run)
        waited = np.minimum(seen.started, horizon) - np.minimum(seen.queued, horizon)
        return float(waited.sum()) / horizon / seen.n

    return {
        "E[number_in_system](t)": present,
        "fraction_of_arrivals_delayed_on_[0,T]": delayed,
        "expected_completions_by_T": completions,
        "time_average_queue_on_[0,T]": queue,
    }.get(metric)


def _left_at(run: Run, seen: Episodes) -> Floats:
    """Hour of the day at which each order was done, shape (n_orders,); rows are in order of time."""
    left = np.empty(len(run.trace.tape))
    left[run.trace.columns("visits")["item"].astype(np.int64)] = seen.ended
    return left


def in_transit(rows: Sequence[Case]) -> Setting:
    """M(t)/G/inf: a delay that needs nobody."""
    p = rows[0].parameters
    horizon = max(float(row.parameters["t"]) for row in rows)
    edges = np.linspace(0.0, horizon, ceil(horizon * PIECES_PER_H) + 1)
    expected = expected_between(str(p["rate"]), edges)
    n = max(ceil(CUSTOMERS / expected.sum()), 1)
    shape = law(p["service"], 1.0, p.get("scv"))
    mean_h = float(p["mean"])
    days = episode_days(ceil(horizon + mean_h * (2.0 if p["service"] == "uniform(0,2m)" else 60.0)) + 1.0, n)
    delay = Station("transit", WorkTime(mean_h * HOUR_S, shape), staffed=False)
    orders = channel("orders", daily(days, edges, expected))
    model = world(days, [orders], [], fulfillment=Fulfillment(Release(), None, (Step(delay),)))
    found = {row.id: Mean(_transit_figure(row)) for row in rows if "in_transit" in row.metric}
    return Setting((model,), dict[str, Measure](found), n * float(expected.sum()))


def _transit_figure(row: Case) -> Callable[[Run], float]:
    t, k = float(row.parameters["t"]), row.parameters.get("k")

    def value(run: Run) -> float:
        seen = episodes(run)
        midnights = np.asarray(run.world.days.midnight_s)
        placed = run.trace.tape.placed_s[run.trace.columns("visits")["item"].astype(np.int64)]
        there = (seen.queued <= t) & (seen.ended > t)
        day = np.searchsorted(midnights, placed[there], side="right") - 1
        count = np.bincount(day, minlength=seen.n)[: seen.n]
        return float(count.mean() if k is None else (count > k).mean())

    return value


def first_customers(rows: Sequence[Case]) -> Setting:
    """M/M/1 from empty: the mean wait of each day's first n customers."""
    p: dict[str, Any] = rows[0].parameters
    lam, mu, n_first = float(p["lam"]), float(p["mu"]), int(p["n"])
    open_h = (n_first + 10.0 * sqrt(n_first) + 10.0) / lam
    edges = np.array([0.0, open_h])
    n = ceil(CUSTOMERS / n_first)
    days = episode_days(2.0 * open_h + 60.0 / mu, n)
    servers = _roster([[int(p.get("c", 1)), 1.0]], days)
    model = world(
        days,
        [channel("orders", daily(days, edges, np.array([lam * open_h])))],
        [servers],
        fulfillment=Fulfillment(Release(), None, (Step(station("bench", 1.0 / mu)),)),
    )

    def value(run: Run) -> float:
        episodes(run)
        midnights, tape = np.asarray(run.world.days.midnight_s), run.trace.tape
        visits = run.trace.columns("visits")
        wait = np.empty(len(tape))
        wait[visits["item"].astype(np.int64)] = visits["started_s"] - visits["queued_s"]
        first = np.searchsorted(tape.placed_s, midnights[:n])
        return float(wait[first[:, None] + np.arange(n_first)].mean()) / HOUR_S

    found = {row.id: Mean(value) for row in rows if row.metric == "mean_of_first_n_waits_in_queue"}
    return Setting((model,), dict[str, Measure](found), n * float(n_first))
